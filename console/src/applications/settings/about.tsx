import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { LogoSetting } from './logo-setting.tsx';
import styles from './settings.module.css';
import { TextSetting } from './text-setting.tsx';
import type { Settings } from './use-settings.ts';

/** What users are told of the application and of those who make it. */
export function About({ settings }: { settings: Settings }) {
  const t = useText();
  return (
    <Section title={t('settings.about')} description={t('settings.about_help')}>
      <div className={styles['fields']}>
        <LogoSetting application={settings.application} />
        <TextSetting
          settings={settings}
          name="client_uri"
          type="url"
          label={t('settings.client_uri')}
          help={t('settings.client_uri_help')}
        />
        <TextSetting
          settings={settings}
          name="developer_name"
          label={t('settings.developer_name')}
          help={t('settings.developer_name_help')}
        />
        <TextSetting
          settings={settings}
          name="developer_email"
          type="email"
          label={t('settings.developer_email')}
          help={t('settings.developer_email_help')}
        />
        <TextSetting
          settings={settings}
          name="policy_uri"
          type="url"
          label={t('settings.policy_uri')}
          help={t('settings.policy_uri_help')}
        />
      </div>
    </Section>
  );
}
