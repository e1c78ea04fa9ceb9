import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Badge } from '@react-spectrum/s2/Badge';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Text } from '@react-spectrum/s2/Text';
import type { PublicKey } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Day } from '../../../intl/time.tsx';
import { Copyable } from '../../../ui/copyable.tsx';
import styles from '../credentials.module.css';
import { Fact, Facts } from '../facts.tsx';
import { LastUsed } from '../last-used.tsx';
import { CertificateEnd } from './certificate-end.tsx';
import { UserName } from './user-name.tsx';

/** One public key: what it is, for whom it acts, and the way to be rid of it. */
export function KeyItem(props: { publicKey: PublicKey; isMachine: boolean; onDelete: () => void }) {
  const { publicKey: key, isMachine, onDelete } = props;
  const t = useText();
  return (
    <li className={styles['item']}>
      <div className={styles['item-title']}>
        <h3>{key.name}</h3>
        <Badge variant="neutral" fillStyle="subtle" size="S">
          {key.algorithm}
        </Badge>
      </div>
      <ActionButton isQuiet aria-label={t('credentials.key_delete', { name: key.name })} onPress={onDelete}>
        <DeleteIcon />
        <Text>{t('credentials.delete')}</Text>
      </ActionButton>
      <CertificateEnd notAfter={key.not_after} />
      <Facts>
        {isMachine && (
          <Fact name={t('credentials.acts_as')}>
            {key.acts_as_user_id === null ? (
              t('credentials.acts_as_nobody')
            ) : (
              <UserName id={key.acts_as_user_id} />
            )}
          </Fact>
        )}
        <Fact name={t('credentials.last_used')}>
          <LastUsed at={key.last_used_at} />
        </Fact>
        <Fact name={t('credentials.created')}>
          <Day at={key.created_at} />
        </Fact>
        <Fact name={t('credentials.created_by')}>
          <UserName id={key.created_by} />
        </Fact>
        <Fact name={t('credentials.key_id')} wide>
          <Copyable text={key.kid} what={t('credentials.key_id')} />
        </Fact>
        {key.thumbprint !== key.kid && (
          <Fact name={t('credentials.thumbprint')} wide>
            <Copyable text={key.thumbprint} what={t('credentials.thumbprint')} />
          </Fact>
        )}
      </Facts>
    </li>
  );
}
