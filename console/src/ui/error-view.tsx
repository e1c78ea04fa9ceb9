import { Button, ButtonGroup, Content, Heading, IllustratedMessage } from '@react-spectrum/s2';
import { useText } from '../intl/text.ts';
import { problemText } from './problem-text.ts';

/** Stands where something could not be had. @param retry tries again; without it there is no button */
export function ErrorView({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText();
  return (
    <div role="alert">
      <IllustratedMessage>
        <Heading level={2}>{t('shell.error_title')}</Heading>
        <Content>{problemText(t, error)}</Content>
        {retry && (
          <ButtonGroup>
            <Button variant="secondary" onPress={retry}>
              {t('shell.try_again')}
            </Button>
          </ButtonGroup>
        )}
      </IllustratedMessage>
    </div>
  );
}
