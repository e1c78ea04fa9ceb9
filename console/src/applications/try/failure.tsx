import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import styles from './try.module.css';

/** An error in words: what it means and what to do, and what the server said about this one. */
export function Failure(props: { code: string; meaning: MessageKey; description?: string | undefined }) {
  const t = useText();
  const { code, meaning, description } = props;
  return (
    <InlineAlert variant="negative">
      <Heading>{code === '' ? t('try.no_answer') : t('try.error_title', { code })}</Heading>
      <Content>
        <div className={styles['group']}>
          <span>{t(meaning)}</span>
          {description !== undefined && (
            <span>
              {t('try.error_said')} <q lang="en">{description}</q>
            </span>
          )}
        </div>
      </Content>
    </InlineAlert>
  );
}
