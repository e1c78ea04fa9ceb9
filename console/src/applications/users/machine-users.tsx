import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Application } from '../../api/types.ts';
import { UserName } from '../../audit/names.tsx';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import styles from './authorizations.module.css';

/** Says why a machine application has no users, and for whom it acts by its keys. */
export function MachineUsers({ application }: { application: Application }) {
  const t = useText();
  const keys = application.public_keys ?? [];
  const link = (chunks: ReactNode[]) => (
    <Link to={`/applications/${application.id}/credentials`}>{chunks}</Link>
  );
  return (
    <Section title={t('people.machine_title')} description={t('people.machine_text')}>
      {keys.length === 0 ? (
        <p>{t.rich('people.machine_no_keys', { link })}</p>
      ) : (
        <>
          <ul className={styles['keys']} aria-label={t('people.machine_keys')}>
            {keys.map((key) => (
              <li key={key.id}>
                <strong>{key.name}</strong>{' '}
                {key.acts_as_user_id === null
                  ? t('people.key_acts_for_nobody')
                  : t.rich('people.key_acts_for', { user: <UserName id={key.acts_as_user_id} /> })}
              </li>
            ))}
          </ul>
          <p>{t.rich('people.machine_stop', { link })}</p>
        </>
      )}
    </Section>
  );
}
