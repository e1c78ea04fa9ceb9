import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useState } from 'react';
import { useInstance } from '../../api/instance.ts';
import { useText } from '../../intl/text.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useApplication } from '../application/page.tsx';
import { ApiChoice } from './api-choice.tsx';
import { AuthorizeLink } from './authorize-link.tsx';
import styles from './connect.module.css';
import type { Profile } from './endpoints.ts';
import { EndpointsSection } from './endpoints-section.tsx';
import { ProfileChoice } from './profile-choice.tsx';
import { Programs } from './programs.tsx';
import { SignInSection } from './sign-in/section.tsx';
import { Values } from './values.tsx';

/** Stands in the programs while the application has no redirect URL. */
const exampleRedirectUri = 'https://app.example.com/callback';

/** *Connect*: everything that an integrator needs, filled in with this application's values. */
export function Component() {
  const t = useText();
  const application = useApplication();
  const { data: instance, error, refetch } = useInstance();
  const [profile, setProfile] = useState<Profile>('standard');
  const [resource, setResource] = useState<string>();
  if (!instance) return error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />;
  const isMachine = application.type === 'machine';
  const [redirectUri] = application.redirect_uris ?? [];
  const ofApi = profile === 'standard' ? resource : undefined;
  const common = {
    application,
    instance,
    profile,
    redirectUri: redirectUri ?? exampleRedirectUri,
    resource: ofApi,
  };
  return (
    <>
      {!application.enabled && (
        <InlineAlert variant="notice">
          <Heading>{t('connect.disabled_title')}</Heading>
          <Content>{t('connect.disabled_text')}</Content>
        </InlineAlert>
      )}
      <Values application={application} instance={instance} />
      <EndpointsSection application={application} instance={instance} />
      {!isMachine && <SignInSection application={application} instance={instance} />}
      <div className={styles['chooser']}>
        <ProfileChoice value={profile} onChange={setProfile} />
        <span className={styles['hint']}>{t('connect.profile_text')}</span>
      </div>
      {profile === 'standard' && (
        <ApiChoice application={application} value={resource} onChange={setResource} />
      )}
      {!isMachine && redirectUri !== undefined && <AuthorizeLink {...common} />}
      <Programs {...common} />
    </>
  );
}
