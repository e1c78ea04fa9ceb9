import { useIntl } from 'react-intl';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Ago } from '../../../intl/time.tsx';
import styles from '../try.module.css';
import { instants } from './meanings.ts';

/** Names, values and what they mean, such as the claims of a token or the parameters of a request. */
export function MembersTable(props: {
  caption: string;
  members: readonly (readonly [name: string, value: unknown])[];
  meanings: Readonly<Record<string, MessageKey>>;
}) {
  const t = useText();
  const { caption, members, meanings } = props;
  return (
    <table className={styles['table']}>
      <caption>{caption}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('try.member_name')}</th>
          <th scope="col">{t('try.member_value')}</th>
          <th scope="col">{t('try.member_meaning')}</th>
        </tr>
      </thead>
      <tbody>
        {members.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
              {instants.has(name) && typeof value === 'number' && <When seconds={value} />}
            </td>
            <td className={styles['meaning']}>
              {Object.hasOwn(meanings, name) && t(meanings[name] as MessageKey)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function When({ seconds }: { seconds: number }) {
  const intl = useIntl();
  // A made-up token can have any number in it.
  if (Math.abs(seconds) > 8.64e12) return null;
  const at = new Date(seconds * 1000).toISOString();
  return (
    <div className={styles['when']}>
      {intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'medium' })} (<Ago at={at} />)
    </div>
  );
}
