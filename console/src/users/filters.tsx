import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { useText } from '../intl/text.ts';
import { roleNames } from './words.ts';

/** Stands for "no filter" in a list to choose from, where the empty text cannot. */
const every = 'every';
/** Two of them share a line of a phone. */
const fitting = { flex: '1 1 9rem', maxWidth: '13rem' };

interface FilterProps {
  /** Empty: no filter. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Users of one role only. */
export function RoleFilter({ value, onChange }: FilterProps) {
  const t = useText();
  return (
    <Picker
      aria-label={t('users.role')}
      UNSAFE_style={fitting}
      selectedKey={value || every}
      onSelectionChange={(key) => onChange(key === every ? '' : String(key))}
    >
      <PickerItem id={every}>{t('users.every_role')}</PickerItem>
      {Object.entries(roleNames).map(([role, label]) => (
        <PickerItem key={role} id={role}>
          {t(label)}
        </PickerItem>
      ))}
    </Picker>
  );
}

/** Only users who can sign in, or only those who cannot. */
export function StatusFilter({ value, onChange }: FilterProps) {
  const t = useText();
  return (
    <Picker
      aria-label={t('users.status')}
      UNSAFE_style={fitting}
      selectedKey={value || every}
      onSelectionChange={(key) => onChange(key === every ? '' : String(key))}
    >
      <PickerItem id={every}>{t('users.every_status')}</PickerItem>
      <PickerItem id="true">{t('users.active')}</PickerItem>
      <PickerItem id="false">{t('users.inactive')}</PickerItem>
    </Picker>
  );
}
