import { useText } from '../intl/text.ts';
import { Day } from '../intl/time.tsx';
import { CodeBlock } from '../ui/code-block.tsx';
import { Copyable } from '../ui/copyable.tsx';
import { Section } from '../ui/page.tsx';
import { maxApplicationsCommand } from './command.ts';
import { InstanceField } from './field.tsx';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';

/** What the instance is called, and what the operator alone decides of it. */
export function GeneralSection(section: SectionProps) {
  const t = useText();
  const { instance } = section;
  return (
    <Section title={t('instance.general')}>
      <InstanceField section={section} name="name" width="min(32rem, 100%)" />
      <dl className={styles['fixed']}>
        <div>
          <dt>{t('field.instance.url')}</dt>
          <dd>
            <Copyable text={instance.url} what={t('field.instance.url')} />
            <p className={styles['hint']}>{t('instance.url_help')}</p>
          </dd>
        </div>
        <div>
          <dt>{t('field.instance.handle')}</dt>
          <dd>
            <Copyable text={instance.handle} what={t('field.instance.handle')} />
            <p className={styles['hint']}>{t('instance.handle_help')}</p>
          </dd>
        </div>
        <div>
          <dt>{t('instance.id')}</dt>
          <dd>
            <Copyable text={instance.id} what={t('instance.id')} />
          </dd>
        </div>
        <div>
          <dt>{t('instance.created')}</dt>
          <dd>
            <Day at={instance.created_at} />
          </dd>
        </div>
        <div className={styles['wide']}>
          <dt>{t('instance.max_applications')}</dt>
          <dd>
            {t('instance.max_applications_value', { limit: instance.max_applications })}
            <p className={styles['hint']}>{t('instance.max_applications_help')}</p>
            <CodeBlock
              text={maxApplicationsCommand(instance.handle)}
              what={t('instance.max_applications_command')}
            />
          </dd>
        </div>
      </dl>
    </Section>
  );
}
