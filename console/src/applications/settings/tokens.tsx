import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { StatusLight } from '@react-spectrum/s2/StatusLight';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { LifetimeSetting } from './lifetime-setting.tsx';
import { accessTokenLifetimes, refreshTokenLifetimes } from './lifetimes.ts';
import { RefreshSummary } from './refresh-summary.tsx';
import { ScopeSetting } from './scope-setting.tsx';
import styles from './settings.module.css';
import { SwitchSetting } from './switch-setting.tsx';
import type { Settings } from './use-settings.ts';

/** What the application may ask for, and how long what it gets is good. */
export function Tokens({ settings }: { settings: Settings }) {
  const t = useText();
  const { type } = settings.application;
  return (
    <Section title={t('settings.tokens')}>
      <div className={styles['fields']}>
        <ScopeSetting settings={settings} />
        {type === 'web' && (
          <SwitchSetting
            settings={settings}
            name="require_pkce"
            label={t('settings.pkce')}
            help={t('settings.pkce_help')}
          />
        )}
        {type === 'spa' && (
          <div className={styles['fact']}>
            <span className={styles['label']}>{t('settings.pkce')}</span>
            <StatusLight variant="positive">{t('settings.pkce_always')}</StatusLight>
            <span className={styles['help']}>{t('settings.pkce_help_spa')}</span>
          </div>
        )}
        <LifetimeSetting
          settings={settings}
          name="access_token_lifetime"
          label={t('settings.access_token_lifetime')}
          help={t('settings.access_token_lifetime_help')}
          kind={accessTokenLifetimes}
        />
        {type !== 'machine' && <RefreshTokens settings={settings} />}
        {type !== 'spa' && (
          <SwitchSetting
            settings={settings}
            name="can_introspect"
            label={t('settings.can_introspect')}
            help={t('settings.can_introspect_help')}
          />
        )}
      </div>
    </Section>
  );
}

function RefreshTokens({ settings }: { settings: Settings }) {
  const t = useText();
  const { draft, application } = settings;
  return (
    <>
      <SwitchSetting
        settings={settings}
        name="refresh_token_rotation"
        label={t('settings.rotation')}
        help={t('settings.rotation_help')}
      />
      {application.type === 'spa' && !draft.refresh_token_rotation && (
        <div role="status">
          <InlineAlert variant="notice">
            <Heading>{t('settings.rotation_warning_title')}</Heading>
            <Content>{t('settings.rotation_warning_text')}</Content>
          </InlineAlert>
        </div>
      )}
      <LifetimeSetting
        settings={settings}
        name="refresh_token_absolute_lifetime"
        label={t('settings.absolute')}
        help={t('settings.absolute_help')}
        kind={refreshTokenLifetimes}
        mayBeNever
      />
      <LifetimeSetting
        settings={settings}
        name="refresh_token_inactivity_lifetime"
        label={t('settings.inactivity')}
        help={t('settings.inactivity_help')}
        kind={refreshTokenLifetimes}
        mayBeNever
      />
      <RefreshSummary draft={draft} />
    </>
  );
}
