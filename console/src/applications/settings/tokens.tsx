import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { StatusLight } from '@react-spectrum/s2/StatusLight';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { FieldSetting } from './field-setting.tsx';
import { RefreshSummary } from './refresh-summary.tsx';
import { ScopeSetting } from './scope-setting.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** What the application may ask for, and how long what it gets is good. */
export function Tokens({ settings }: { settings: Settings }) {
  const t = useText();
  const { type } = settings.application;
  return (
    <Section title={t('settings.tokens')}>
      <div className={styles['fields']}>
        <ScopeSetting settings={settings} />
        {type === 'web' && <FieldSetting settings={settings} name="require_pkce" />}
        {type === 'spa' && (
          <div className={styles['fact']}>
            <span className={styles['label']}>{t('field.application.require_pkce')}</span>
            <StatusLight variant="positive">{t('settings.pkce_always')}</StatusLight>
            <span className={styles['help']}>{t('field.application.require_pkce_help_spa')}</span>
          </div>
        )}
        {type !== 'machine' && (
          <FieldSetting settings={settings} name="require_pushed_authorization_requests" />
        )}
        <FieldSetting settings={settings} name="access_token_lifetime" />
        {type !== 'machine' && <RefreshTokens settings={settings} />}
        <FieldSetting settings={settings} name="can_introspect" />
      </div>
    </Section>
  );
}

function RefreshTokens({ settings }: { settings: Settings }) {
  const t = useText();
  const { draft, application } = settings;
  return (
    <>
      <FieldSetting settings={settings} name="refresh_token_rotation" />
      {application.type === 'spa' && !draft.refresh_token_rotation && (
        <div role="status">
          <InlineAlert variant="notice">
            <Heading>{t('settings.rotation_warning_title')}</Heading>
            <Content>{t('settings.rotation_warning_text')}</Content>
          </InlineAlert>
        </div>
      )}
      <FieldSetting settings={settings} name="refresh_token_absolute_lifetime" />
      <FieldSetting settings={settings} name="refresh_token_inactivity_lifetime" />
      <RefreshSummary draft={draft} />
    </>
  );
}
