import { Radio, RadioGroup } from '@react-spectrum/s2/RadioGroup';
import type { ProviderType } from '../api/types.ts';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { type FormProps, SwitchSetting, TextSetting } from './field.tsx';
import styles from './identity-providers.module.css';

/** What a provider of its type is known by: where it is, and how the two recognize each other. */
export function TypeSettings(props: {
  form: FormProps;
  type: ProviderType;
  /** Whether there is a client secret already; undefined for a new provider. */
  hasSecret?: boolean | undefined;
  /** Whether the issuer is another than the one for which there is a secret. */
  isOtherIssuer?: boolean;
  issuerExample?: string | undefined;
  /** What is needed and no more. */
  isShort?: boolean;
}) {
  switch (props.type) {
    case 'oidc':
      return <OidcSettings {...props} />;
    case 'saml':
      return <SamlSettings {...props} />;
    case 'handover':
      return <HandoverSettings {...props} />;
  }
}

type Props = Omit<Parameters<typeof TypeSettings>[0], 'type'>;

function OidcSettings({ form, hasSecret, isOtherIssuer = false, issuerExample, isShort }: Props) {
  const isThere = hasSecret === true && !isOtherIssuer;
  return (
    <>
      <TextSetting form={form} name="issuer" placeholder={issuerExample ?? ''} />
      <div className={styles['fields']}>
        <TextSetting form={form} name="client_id" />
        <div className={styles['part']}>
          <TextSetting
            form={form}
            name="client_secret"
            help={
              isThere
                ? 'providers.client_secret_there'
                : hasSecret
                  ? 'providers.client_secret_forgotten'
                  : 'providers.client_secret_help'
            }
          />
          {isThere && form.draft.client_secret === '' && (
            <SwitchSetting form={form} name="forgets_secret" label="providers.forgets_secret" />
          )}
        </div>
      </div>
      {!isShort && <TextSetting form={form} name="scopes" />}
    </>
  );
}

function SamlSettings({ form, isShort }: Props) {
  return (
    <>
      <Source
        form={form}
        label="providers.metadata_source"
        url="providers.by_url"
        text="providers.by_document"
      />
      {form.draft.source === 'url' ? (
        <TextSetting form={form} name="metadata_url" />
      ) : (
        <TextSetting form={form} name="metadata" />
      )}
      {!isShort && (
        <SwitchSetting
          form={form}
          name="allow_unsolicited"
          label="providers.allow_unsolicited"
          help="providers.allow_unsolicited_help"
        />
      )}
    </>
  );
}

function HandoverSettings({ form }: Props) {
  return (
    <>
      <div className={styles['fields']}>
        <TextSetting form={form} name="login_url" />
        <TextSetting
          form={form}
          name="issuer"
          label="providers.product_issuer"
          help="providers.product_issuer_help"
        />
      </div>
      <Source form={form} label="providers.keys_source" url="providers.by_url" text="providers.by_key_set" />
      {form.draft.source === 'url' ? (
        <TextSetting form={form} name="jwks_uri" />
      ) : (
        <TextSetting form={form} name="jwks" />
      )}
    </>
  );
}

/** Whether something is given here, or where it is found. */
function Source(props: { form: FormProps; label: MessageKey; url: MessageKey; text: MessageKey }) {
  const t = useText();
  const { form } = props;
  return (
    <RadioGroup
      label={t(props.label)}
      orientation="horizontal"
      value={form.draft.source}
      onChange={(value) => form.onChange({ source: value as 'url' | 'text' })}
    >
      <Radio value="url">{t(props.url)}</Radio>
      <Radio value="text">{t(props.text)}</Radio>
    </RadioGroup>
  );
}
