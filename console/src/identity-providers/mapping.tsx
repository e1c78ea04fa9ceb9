import type { ProviderType } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { type FormProps, TextSetting } from './field.tsx';
import styles from './identity-providers.module.css';

/** Which claims of the provider say what of a user. What is empty is read from where the type has it. */
export function MappingSection({ form, type }: { form: FormProps; type: ProviderType }) {
  const t = useText();
  const usual = usualClaims[type];
  return (
    <Section title={t('providers.claims')} description={t('providers.claims_about')}>
      <div className={styles['fields']}>
        <TextSetting
          form={form}
          name="subject"
          label="providers.claim_subject"
          help={t('providers.claim_subject_help')}
          placeholder={usual.subject}
        />
        <TextSetting
          form={form}
          name="email"
          label="providers.claim_email"
          help={t('providers.claim_email_help')}
          placeholder={usual.email}
        />
        <TextSetting
          form={form}
          name="claim_name"
          label="providers.claim_name"
          help={t('providers.claim_name_help')}
          placeholder={usual.name}
        />
        <TextSetting
          form={form}
          name="locale"
          label="providers.claim_locale"
          help={t('providers.claim_locale_help')}
          placeholder={usual.locale}
        />
      </div>
      <div className={styles['group']}>
        <h3>{t('providers.role')}</h3>
        <p>{t('providers.role_about')}</p>
        <div className={styles['fields']}>
          <TextSetting
            form={form}
            name="role_claim"
            label="providers.role_claim"
            help={t('providers.role_claim_help')}
          />
          <TextSetting
            form={form}
            name="role_values"
            label="providers.role_values"
            help={t('providers.role_values_help')}
            isLong
          />
        </div>
      </div>
      <div className={styles['group']}>
        <h3>{t('providers.copy')}</h3>
        <TextSetting
          form={form}
          name="copy"
          label="providers.copy_names"
          help={t(type === 'handover' ? 'providers.copy_help_handover' : 'providers.copy_help')}
          isLong
          isCode
        />
      </div>
    </Section>
  );
}

/** Where each type has what is asked for; names of protocols, the same in every language. */
const usualClaims: Record<ProviderType, Record<'subject' | 'email' | 'name' | 'locale', string>> = {
  oidc: { subject: 'sub', email: 'email', name: 'name', locale: 'locale' },
  saml: { subject: 'NameID', email: 'email', name: 'name', locale: 'locale' },
  handover: { subject: 'sub', email: 'email', name: 'name', locale: 'locale' },
};
