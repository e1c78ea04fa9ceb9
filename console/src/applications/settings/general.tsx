import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import { FieldSetting } from './field-setting.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** What the application is called and what it is for. */
export function General({ settings }: { settings: Settings }) {
  const t = useText();
  const { application } = settings;
  const isMachine = application.type === 'machine';
  return (
    <Section title={t('settings.general')}>
      <div className={styles['fields']}>
        <FieldSetting
          settings={settings}
          name="name"
          {...(isMachine && { help: t('field.application.name_help_machine') })}
        />
        <FieldSetting
          settings={settings}
          name="description"
          {...(isMachine && { help: t('field.application.description_help_machine') })}
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
