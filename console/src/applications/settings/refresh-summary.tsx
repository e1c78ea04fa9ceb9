import { useIntl } from 'react-intl';
import { useText } from '../../intl/text.ts';
import type { Draft } from './draft.ts';
import { refreshSentences } from './refresh-sentences.ts';
import styles from './settings.module.css';

/** Says, as they change, what the three settings of refresh tokens mean together. */
export function RefreshSummary({ draft }: { draft: Draft }) {
  const t = useText();
  const intl = useIntl();
  return (
    <div className={styles['summary']} role="status">
      <strong>{t('settings.summary')}</strong>
      <p>{refreshSentences(t, intl, draft).join(' ')}</p>
    </div>
  );
}
