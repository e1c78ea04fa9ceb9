import { useText } from '../../../intl/text.ts';
import { type Exchange, textOf } from '../http/exchange.ts';
import styles from '../try.module.css';
import type { Expected } from './check-id-token.ts';
import { IdTokenView } from './id-token-view.tsx';
import { JwtView } from './jwt-view.tsx';

/** What a token endpoint gave: the tokens that can be read, taken apart, and what the rest is good for. */
export function TokensView(props: {
  exchange: Exchange;
  /** What an ID token must say. */
  expected?: Omit<Expected, 'accessToken'>;
}) {
  const t = useText();
  const { exchange, expected } = props;
  const idToken = textOf(exchange, 'id_token');
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
      {idToken !== undefined && expected && (
        <IdTokenView key={idToken} idToken={idToken} expected={{ ...expected, accessToken }} />
      )}
      <JwtView jwt={accessToken} title={t('try.access_token')} kind="token" />
    </div>
  );
}
