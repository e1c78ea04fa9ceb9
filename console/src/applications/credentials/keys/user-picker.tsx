import { ComboBox, ComboBoxItem } from '@react-spectrum/s2/ComboBox';
import { Text } from '@react-spectrum/s2/Text';
import { useEffect, useState } from 'react';
import { useFoundUsers } from '../../../api/credentials.ts';
import { useText } from '../../../intl/text.ts';

/** A pause in typing after which it is worth to ask. */
const pause = 200;

/** Finds an active user by name or email address. */
export function UserPicker(props: {
  value: string | null;
  onChange: (userId: string | null) => void;
  problem: string | undefined;
}) {
  const { value, onChange, problem } = props;
  const t = useText();
  const [input, setInput] = useState('');
  const { data: users = [], isFetching } = useFoundUsers(useSettled(input.trim(), pause));
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
      menuTrigger="focus"
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

/** A value once it has stayed the same for so many milliseconds. */
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
