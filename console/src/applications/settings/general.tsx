import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import styles from './settings.module.css';
import { TextSetting } from './text-setting.tsx';
import type { Settings } from './use-settings.ts';

/** What the application is called and what it is for. */
export function General({ settings }: { settings: Settings }) {
  const t = useText();
  const { application } = settings;
  const isMachine = application.type === 'machine';
  return (
    <Section title={t('settings.general')}>
      <div className={styles['fields']}>
        <TextSetting
          settings={settings}
          name="name"
          label={t('applications.name')}
          help={t(isMachine ? 'settings.name_help_machine' : 'settings.name_help')}
          isRequired
        />
        <TextSetting
          settings={settings}
          name="description"
          label={t('settings.description')}
          help={t(isMachine ? 'settings.description_help_machine' : 'settings.description_help')}
          isLong
        />
        <div className={styles['fact']}>
          <span className={styles['label']}>{t('applications.client_id')}</span>
          <Copyable text={application.client_id} what={t('applications.client_id')} />
          <span className={styles['help']}>{t('settings.client_id_help')}</span>
        </div>
      </div>
    </Section>
  );
}
