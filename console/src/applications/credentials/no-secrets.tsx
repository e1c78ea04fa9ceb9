import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';

/** Why a single-page application has nothing more than its client ID. */
export function NoSecrets({ application }: { application: Application }) {
  const t = useText();
  const connect = (words: ReactNode[]) => <Link to={`/applications/${application.id}/connect`}>{words}</Link>;
  return (
    <Section title={t('credentials.spa_title')} description={t('credentials.spa_why')}>
      <p>{t('credentials.spa_pkce')}</p>
      <p>{t.rich('credentials.spa_connect', { connect })}</p>
    </Section>
  );
}
