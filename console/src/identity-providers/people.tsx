import { Radio, RadioGroup } from '@react-spectrum/s2/RadioGroup';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import type { Draft } from './draft.ts';
import { type FormProps, SwitchSetting, TextSetting } from './field.tsx';

/** Who is led to the provider, and what becomes of whom it vouches for. */
export function PeopleSection({ form }: { form: FormProps }) {
  const t = useText();
  return (
    <Section title={t('providers.people')} description={t('providers.people_about')}>
      <TextSetting form={form} name="email_domains" />
      <SwitchSetting form={form} name="default" label="providers.default" help="providers.default_help" />
      <div data-field="provisioning">
        <RadioGroup
          label={t('providers.provisioning')}
          value={form.draft.provisioning}
          onChange={(value) => form.onChange({ provisioning: value as Draft['provisioning'] })}
        >
          <Radio value="create">{t('providers.provisioning_create')}</Radio>
          <Radio value="existing">{t('providers.provisioning_existing')}</Radio>
        </RadioGroup>
      </div>
      <SwitchSetting
        form={form}
        name="trusts_email"
        label="providers.trusts_email"
        help="providers.trusts_email_help"
      />
    </Section>
  );
}
