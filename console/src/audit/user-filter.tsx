import { ComboBox, ComboBoxItem, Text } from '@react-spectrum/s2/ComboBox';
import { useState } from 'react';
import { useFoundUsers, useUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { useDebounced } from '../ui/debounced.ts';

/** Finds one user by a part of their name or email address. @param value the user's ID; empty: everybody */
export function UserFilter({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { data: chosen } = useUser(value === '' ? null : value);
  // With another user it begins anew, with that user's name in it.
  return <UserField key={chosen?.id ?? value} chosen={value} name={chosen?.name ?? ''} onChange={onChange} />;
}

function UserField(props: { chosen: string; name: string; onChange: (id: string) => void }) {
  const { chosen, name, onChange } = props;
  const t = useText();
  const [typed, setTyped] = useState(name);
  const [isUsed, setUsed] = useState(false);
  const wanted = useDebounced(typed === name ? '' : typed.trim());
  const { data: found = [], isFetching } = useFoundUsers(wanted, 'all', isUsed);
  return (
    <ComboBox
      label={t('audit.filter_user')}
      placeholder={t('audit.find_user')}
      items={found}
      loadingState={isFetching && isUsed ? 'filtering' : 'idle'}
      inputValue={typed}
      onInputChange={(text) => {
        setTyped(text);
        if (text === '' && chosen !== '') onChange('');
      }}
      selectedKey={chosen === '' ? null : chosen}
      onSelectionChange={(key) => {
        if (typeof key === 'string' && key !== chosen) onChange(key);
      }}
      onFocus={() => setUsed(true)}
      menuWidth={280}
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
