import { useText } from '../../../intl/text.ts';
import { type Exchange, textOf } from '../http/exchange.ts';
import styles from '../try.module.css';
import { JwtView } from './jwt-view.tsx';

/** What a token endpoint gave: the access token taken apart, and what the rest is good for. */
export function TokensView({ exchange }: { exchange: Exchange }) {
  const t = useText();
  const accessToken = textOf(exchange, 'access_token');
  if (accessToken === undefined) return null;
  const isSessionId = textOf(exchange, 'token_type') === 'sessionID';
  return (
    <div className={styles['stack']}>
      <div className={styles['group']}>
        <p>{t.rich(isSessionId ? 'try.use_session_id' : 'try.use_bearer')}</p>
        <p>
          {t.rich(
            textOf(exchange, 'refresh_token') === undefined
              ? 'try.no_refresh_token'
              : 'try.has_refresh_token',
          )}
        </p>
      </div>
      <JwtView jwt={accessToken} title={t('try.access_token')} kind="token" />
    </div>
  );
}
