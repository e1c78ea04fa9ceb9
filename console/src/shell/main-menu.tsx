import { ActionButton } from '@react-spectrum/s2/ActionButton';
import MenuIcon from '@react-spectrum/s2/icons/MenuHamburger';
import { Header, Heading, Menu, MenuItem, MenuSection, MenuTrigger, Text } from '@react-spectrum/s2/Menu';
import { useText } from '../intl/text.ts';
import { systemPlaces } from './places.ts';

/** The main menu, which holds *Setup*. */
export function MainMenu() {
  const t = useText();
  return (
    <MenuTrigger>
      <ActionButton isQuiet aria-label={t('shell.main_menu')}>
        <MenuIcon />
      </ActionButton>
      <Menu>
        <MenuSection>
          <Header>
            <Heading>{t('shell.setup')}</Heading>
          </Header>
          {systemPlaces.map(({ path, label, Icon }) => (
            <MenuItem key={path} id={path} href={path} textValue={t(label)}>
              <Icon />
              <Text slot="label">{t(label)}</Text>
            </MenuItem>
          ))}
        </MenuSection>
      </Menu>
    </MenuTrigger>
  );
}
