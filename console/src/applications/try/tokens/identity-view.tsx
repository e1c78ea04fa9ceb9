import { useText } from '../../../intl/text.ts';
import { Checks } from '../checks.tsx';
import type { Exchange } from '../http/exchange.ts';
import styles from '../try.module.css';
import { decodeJwt } from './decode.ts';
import { meanings } from './meanings.ts';
import { MembersTable } from './members-table.tsx';

/** What the userinfo endpoint said of the user, and whether it speaks of the one in the ID token. */
export function IdentityView({ exchange, idToken }: { exchange: Exchange; idToken: string | undefined }) {
  const t = useText();
  const json = exchange.answer?.json ?? {};
  const isSame = idToken !== undefined && decodeJwt(idToken)?.claims['sub'] === json['sub'];
  return (
    <div className={styles['stack']}>
      <MembersTable
        caption={t('try.userinfo_claims')}
        members={Object.entries(json)}
        meanings={meanings.identity}
      />
      <Checks checks={[{ text: t('try.check_sub'), holds: isSame }]} />
    </div>
  );
}
