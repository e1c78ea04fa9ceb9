import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import type { User } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { Copyable } from '../ui/copyable.tsx';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { ClaimsDialog } from './claims-dialog.tsx';
import styles from './users.module.css';

/** What others call a user, and what a product says of them besides. */
export function UserIdentity({ user }: { user: User }) {
  const t = useText();
  const { id, subject, claims, name } = user;
  const [isChanging, setChanging] = useState(false);
  return (
    <Section title={t('users.identity')}>
      <dl className={styles['fixed']}>
        <div>
          <dt>{t('users.subject')}</dt>
          <dd>
            <Copyable text={subject} what={t('users.subject')} />
            <p className={parts['hint']}>
              {t(subject === id ? 'users.subject_is_id' : 'users.subject_help')}
            </p>
          </dd>
        </div>
        <div>
          <dt>{t('users.id')}</dt>
          <dd>
            <Copyable text={id} what={t('users.id')} />
            <p className={parts['hint']}>{t('users.id_help')}</p>
          </dd>
        </div>
      </dl>
      <Act title={t('users.claims')} text={t('users.claims_text', { name })}>
        <Button variant="secondary" onPress={() => setChanging(true)}>
          {t('users.change_claims')}
        </Button>
      </Act>
      {Object.keys(claims).length > 0 && <ClaimsTable claims={claims} />}
      {isChanging && <ClaimsDialog user={user} onClose={() => setChanging(false)} />}
    </Section>
  );
}

function ClaimsTable({ claims }: Pick<User, 'claims'>) {
  const t = useText();
  return (
    <table className={styles['claims']} aria-label={t('users.claims')}>
      <thead>
        <tr>
          <th scope="col">{t('users.claim_name')}</th>
          <th scope="col">{t('users.claim_value')}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(claims).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <ClaimValue value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Texts as they are; what programs would take for something else in their notation. */
function ClaimValue({ value }: { value: User['claims'][string] }) {
  if (typeof value === 'string' && value.trim() !== '') return value;
  if (typeof value !== 'object' || value.length === 0) return <code>{JSON.stringify(value)}</code>;
  return (
    <ul>
      {value.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: texts may stand there twice, and the list never changes its order
        <li key={index}>
          <ClaimValue value={text} />
        </li>
      ))}
    </ul>
  );
}
