import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { FieldSetting } from './field-setting.tsx';
import { LogoSetting } from './logo-setting.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** What users are told of the application and of those who make it. */
export function About({ settings }: { settings: Settings }) {
  const t = useText();
  return (
    <Section title={t('settings.about')} description={t('settings.about_help')}>
      <div className={styles['fields']}>
        <LogoSetting application={settings.application} />
        <FieldSetting settings={settings} name="client_uri" />
        <FieldSetting settings={settings} name="developer_name" />
        <FieldSetting settings={settings} name="developer_email" />
        <FieldSetting settings={settings} name="policy_uri" />
      </div>
    </Section>
  );
}
