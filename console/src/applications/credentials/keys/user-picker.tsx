import { ComboBox, ComboBoxItem } from '@react-spectrum/s2/ComboBox';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import { useFoundUsers } from '../../../api/users.ts';
import { useText } from '../../../intl/text.ts';
import { useDebounced } from '../../../ui/debounced.ts';

/** Finds an active user by name or email address. */
export function UserPicker(props: {
  value: string | null;
  onChange: (userId: string | null) => void;
  problem: string | undefined;
}) {
  const { value, onChange, problem } = props;
  const t = useText();
  const [input, setInput] = useState('');
  const { data: users = [], isFetching } = useFoundUsers(useDebounced(input.trim()), 'active');
  return (
    <ComboBox
      label={t('credentials.user')}
      description={t('credentials.user_search')}
      items={users}
      inputValue={input}
      onInputChange={(text) => {
        setInput(text);
        // Who types on does not want the one any more whose name they change.
        if (value !== null) onChange(null);
      }}
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = users.find(({ id }) => id === key);
        setInput(chosen?.name ?? '');
        onChange(chosen?.id ?? null);
      }}
      loadingState={isFetching ? 'filtering' : 'idle'}
      isInvalid={problem !== undefined}
      errorMessage={problem}
      isRequired
      UNSAFE_style={{ width: '100%' }}
    >
      {(user) => (
        <ComboBoxItem id={user.id} textValue={user.name}>
          <Text slot="label">{user.name}</Text>
          <Text slot="description">{user.email}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
