import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Badge } from '@react-spectrum/s2/Badge';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Text } from '@react-spectrum/s2/Text';
import type { ClientSecret } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Day } from '../../../intl/time.tsx';
import styles from '../credentials.module.css';
import { Fact, Facts } from '../facts.tsx';
import { LastUsed } from '../last-used.tsx';
import { hiddenSecret } from './hidden-secret.ts';

/** One client secret: what may be known of it, and the way to be rid of it. */
export function SecretItem(props: {
  secret: ClientSecret;
  /** Which one it is while there are two. */
  place?: 'first' | 'second';
  onDelete: () => void;
}) {
  const { secret, place, onDelete } = props;
  const t = useText();
  return (
    <li className={styles['item']}>
      <div className={styles['item-title']}>
        <h3 className={styles['secret']}>
          <span className="visually-hidden">{t('credentials.secret_ending', { hint: secret.hint })}</span>
          <code aria-hidden="true">{hiddenSecret(secret.hint)}</code>
        </h3>
        {place && (
          <Badge variant={place === 'second' ? 'positive' : 'neutral'} fillStyle="subtle" size="S">
            {t(place === 'second' ? 'credentials.secret_second' : 'credentials.secret_first')}
          </Badge>
        )}
      </div>
      <ActionButton
        isQuiet
        aria-label={t('credentials.secret_delete', { hint: secret.hint })}
        onPress={onDelete}
      >
        <DeleteIcon />
        <Text>{t('credentials.delete')}</Text>
      </ActionButton>
      <Facts>
        <Fact name={t('credentials.created')}>
          <Day at={secret.created_at} />
        </Fact>
        <Fact name={t('credentials.last_used')}>
          <LastUsed at={secret.last_used_at} />
        </Fact>
      </Facts>
    </li>
  );
}
