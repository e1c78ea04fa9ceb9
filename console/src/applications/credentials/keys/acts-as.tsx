import { Radio, RadioGroup } from '@react-spectrum/s2/RadioGroup';
import { useMe } from '../../../api/me.ts';
import { useText } from '../../../intl/text.ts';
import styles from '../credentials.module.css';
import { UserPicker } from './user-picker.tsx';

/** Whom a key acts for; `userId` is null while somebody else is wanted and not yet chosen. */
export type ActsAs = { who: 'me' | 'nobody' } | { who: 'somebody'; userId: string | null };

/** The choice of the user for whom a key may ask for tokens. */
export function ActsAsField(props: {
  value: ActsAs;
  onChange: (value: ActsAs) => void;
  /** What is wrong with the chosen user. */
  problem: string | undefined;
}) {
  const { value, onChange, problem } = props;
  const t = useText();
  const me = useMe();
  const choose = (who: string) =>
    onChange(who === 'somebody' ? { who, userId: null } : { who: who === 'me' ? 'me' : 'nobody' });
  return (
    <div className={styles['acts-as']}>
      <RadioGroup
        label={t('credentials.acts_as')}
        description={t('credentials.acts_as_about')}
        value={value.who}
        onChange={choose}
      >
        <Radio value="me">{t('credentials.you', { name: me.name })}</Radio>
        <Radio value="somebody">{t('credentials.acts_as_somebody')}</Radio>
        <Radio value="nobody">{t('credentials.acts_as_nobody')}</Radio>
      </RadioGroup>
      {value.who === 'somebody' && (
        <UserPicker
          value={value.userId}
          onChange={(userId) => onChange({ who: 'somebody', userId })}
          problem={problem}
        />
      )}
    </div>
  );
}
