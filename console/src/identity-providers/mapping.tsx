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
        {(['subject', 'email', 'claim_name', 'locale'] as const).map((name) => (
          <TextSetting key={name} form={form} name={name} placeholder={usual[name]} />
        ))}
      </div>
      <div className={styles['group']}>
        <h3>{t('providers.role')}</h3>
        <p>{t('providers.role_about')}</p>
        <div className={styles['fields']}>
          <TextSetting form={form} name="role_claim" />
          <TextSetting form={form} name="role_values" />
        </div>
      </div>
      <div className={styles['group']}>
        <h3>{t('providers.copy')}</h3>
        <TextSetting
          form={form}
          name="copy"
          {...(type === 'handover' && { help: 'providers.copy_help_handover' as const })}
        />
      </div>
    </Section>
  );
}

/** Where each type has what is asked for; names of protocols, the same in every language. */
const usualClaims: Record<ProviderType, Record<'subject' | 'email' | 'claim_name' | 'locale', string>> = {
  oidc: { subject: 'sub', email: 'email', claim_name: 'name', locale: 'locale' },
  saml: { subject: 'NameID', email: 'email', claim_name: 'name', locale: 'locale' },
  handover: { subject: 'sub', email: 'email', claim_name: 'name', locale: 'locale' },
};
