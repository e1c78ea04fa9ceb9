import { ButtonGroup, Content, Heading, IllustratedMessage, LinkButton } from '@react-spectrum/s2';
import { useText } from '../intl/text.ts';
import { usePageTitle } from '../ui/page.tsx';

/** There is no such screen. */
export function Component() {
  const t = useText();
  usePageTitle(t('shell.not_found_title'));
  return (
    <IllustratedMessage>
      <Heading level={1}>{t('shell.not_found_title')}</Heading>
      <Content>{t('shell.not_found_text')}</Content>
      <ButtonGroup>
        <LinkButton href="/applications" variant="accent">
          {t('shell.to_applications')}
        </LinkButton>
      </ButtonGroup>
    </IllustratedMessage>
  );
}
