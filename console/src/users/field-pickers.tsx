import { Picker, PickerItem, Text } from '@react-spectrum/s2/Picker';
import type { User } from '../api/types.ts';
import { languageNames, locales } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { roleNames } from './words.ts';

const whole = { width: '100%' };

/** A user's role. */
export function RolePicker(props: {
  value: User['role'];
  onChange: (role: User['role']) => void;
  error: string | undefined;
}) {
  const { value, onChange, error } = props;
  const t = useText();
  return (
    <Picker
      label={t('users.role')}
      description={t('users.role_help')}
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as User['role'])}
      isInvalid={error !== undefined}
      errorMessage={error}
      UNSAFE_style={whole}
    >
      {Object.entries(roleNames).map(([role, label]) => (
        <PickerItem key={role} id={role}>
          {t(label)}
        </PickerItem>
      ))}
    </Picker>
  );
}

/** Stands for `null`, which no key can be. */
const asInBrowser = 'browser';

/** The language of a user's pages. */
export function LanguagePicker(props: { value: User['locale']; onChange: (locale: User['locale']) => void }) {
  const { value, onChange } = props;
  const t = useText();
  return (
    <Picker
      label={t('users.language')}
      description={t('users.language_help')}
      selectedKey={value ?? asInBrowser}
      onSelectionChange={(key) => onChange(locales.find((locale) => locale === key) ?? null)}
      UNSAFE_style={whole}
    >
      <PickerItem id={asInBrowser}>{t('shell.language_browser')}</PickerItem>
      {locales.map((locale) => (
        <PickerItem key={locale} id={locale} textValue={languageNames[locale]}>
          <Text slot="label">
            <span lang={locale}>{languageNames[locale]}</span>
          </Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
