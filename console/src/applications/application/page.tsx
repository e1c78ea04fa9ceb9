import { Link } from '@react-spectrum/s2/Link';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useOutletContext, useParams } from 'react-router';
import { applicationQuery } from '../../api/applications.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { AppLogo } from '../../ui/app-logo.tsx';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { ApplicationStatus } from '../application-status.tsx';
import { applicationTypes } from '../types.ts';
import styles from './application.module.css';
import { ApplicationTabs } from './tabs.tsx';

/** An application: its name, and tabs that each have an address of their own. */
export function Component() {
  const t = useText();
  const { id = '' } = useParams();
  const { data: application, error, refetch } = useQuery(applicationQuery(id));
  const back = (
    <Link href="/applications" isQuiet>
      {t('applications.back')}
    </Link>
  );
  if (!application)
    return (
      <Page title={t('applications.one')} before={back}>
        {error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  return (
    <Page
      title={application.name}
      before={back}
      image={<AppLogo application={application} size="large" />}
      description={
        <span className={styles['facts']}>
          {t(applicationTypes[application.type].label)}
          <ApplicationStatus application={application} />
        </span>
      }
    >
      <ApplicationTabs application={application} />
      <Outlet context={application} />
    </Page>
  );
}

/** The application whose tab this is. */
export function useApplication(): Application {
  return useOutletContext<Application>();
}
