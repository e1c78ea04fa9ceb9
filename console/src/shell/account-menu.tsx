import { ActionButton } from '@react-spectrum/s2/ActionButton';
import {
  Header,
  Heading,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  SubmenuTrigger,
  Text,
} from '@react-spectrum/s2/Menu';
import { useMe, useUpdateMe } from '../api/me.ts';
import { useLocale } from '../intl/locale.tsx';
import { languageNames, locales, type MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { Monogram } from '../ui/monogram.tsx';
import { showProblem } from '../ui/toasts.ts';
import { signOut } from './sign-out.ts';
import { setTheme, type Theme, themes, useTheme } from './theme.ts';

const themeLabels: Record<Theme, MessageKey> = {
  light: 'shell.theme_light',
  dark: 'shell.theme_dark',
  system: 'shell.theme_system',
};

/** Who is signed in, with language, theme, connected apps and sign-out. */
export function AccountMenu() {
  const t = useText();
  const me = useMe();
  const theme = useTheme();
  const changeLanguage = useChangeLanguage();
  return (
    <MenuTrigger align="end">
      <ActionButton isQuiet aria-label={t('shell.account_menu', { name: me.name })}>
        <Monogram name={me.name} size="small" />
      </ActionButton>
      <Menu
        onAction={(action) => {
          if (action === 'connected-apps') location.assign('/account');
          if (action === 'sign-out') void signOut().catch(showProblem(t));
        }}
      >
        <MenuSection>
          <Header>
            <Heading>{me.name}</Heading>
            <Text slot="description">{me.email}</Text>
          </Header>
          <SubmenuTrigger>
            <MenuItem id="language">{t('shell.language')}</MenuItem>
            <Menu
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[me.locale ?? 'browser']}
              onSelectionChange={(keys) => changeLanguage([...keys][0] as string)}
            >
              <MenuItem id="browser">{t('shell.language_browser')}</MenuItem>
              {locales.map((locale) => (
                <MenuItem key={locale} id={locale} textValue={languageNames[locale]}>
                  <Text slot="label">
                    <span lang={locale}>{languageNames[locale]}</span>
                  </Text>
                </MenuItem>
              ))}
            </Menu>
          </SubmenuTrigger>
          <SubmenuTrigger>
            <MenuItem id="theme">{t('shell.theme')}</MenuItem>
            <Menu
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[theme]}
              onSelectionChange={(keys) => setTheme([...keys][0] as Theme)}
            >
              {themes.map((each) => (
                <MenuItem key={each} id={each}>
                  {t(themeLabels[each])}
                </MenuItem>
              ))}
            </Menu>
          </SubmenuTrigger>
        </MenuSection>
        <MenuSection aria-label={t('shell.account')}>
          <MenuItem id="connected-apps">{t('shell.connected_applications')}</MenuItem>
          <MenuItem id="sign-out">{t('shell.sign_out')}</MenuItem>
        </MenuSection>
      </Menu>
    </MenuTrigger>
  );
}

/** Keeps the language with the user, for the pages too. `browser` is whatever the browser prefers. */
function useChangeLanguage() {
  const t = useText();
  const { setLocale } = useLocale();
  const updateMe = useUpdateMe();
  return (choice: string) => {
    const locale = locales.find((known) => known === choice) ?? null;
    updateMe.mutate(
      { locale },
      {
        onError: showProblem(t),
        onSuccess: () => setLocale(locale ?? browserLocale()),
      },
    );
  };
}

function browserLocale() {
  for (const tag of navigator.languages) {
    const language = tag.toLowerCase().split('-')[0];
    const found = locales.find((locale) => locale.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}
