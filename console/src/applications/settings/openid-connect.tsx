import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useId } from 'react';
import { openidScope } from '../../../../server/model/scopes.ts';
import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import { addressesOf } from '../connect/endpoints.ts';
import { FieldSetting } from './field-setting.tsx';
import styles from './settings.module.css';
import { UrlList } from './url-list.tsx';
import type { Settings } from './use-settings.ts';

/** Shown in an empty line; the same in every language. */
const example = 'https://app.example.com/signed-out';

/** How the application learns who the user is, and that the user is gone. */
export function OpenIdConnect({ settings }: { settings: Settings }) {
  const t = useText();
  const { draft, instance } = settings;
  const { discovery } = addressesOf(instance.url);
  return (
    <Section title={t('settings.openid')} description={t('settings.openid_help')}>
      <div className={styles['fields']}>
        {!draft.scopes.includes(openidScope) && (
          <div role="status">
            <InlineAlert variant="notice">
              <Heading>{t('settings.openid_off_title')}</Heading>
              <Content>{t.rich('settings.openid_off_text')}</Content>
            </InlineAlert>
          </div>
        )}
        <div className={styles['fact']}>
          <span className={styles['label']}>{t('connect.issuer')}</span>
          <Copyable text={instance.url} what={t('connect.issuer')} />
          <span className={styles['help']}>{t('settings.issuer_help')}</span>
        </div>
        <div className={styles['fact']}>
          <span className={styles['label']}>{t('connect.discovery_endpoint')}</span>
          <Copyable text={discovery} what={t('connect.discovery_endpoint')} />
          <span className={styles['help']}>{t('settings.discovery_help')}</span>
        </div>
        <FieldSetting settings={settings} name="id_token_signed_response_alg" />
        <SignOutUrls settings={settings} />
        <FieldSetting settings={settings} name="backchannel_logout_uri" />
        <FieldSetting settings={settings} name="backchannel_logout_session_required" />
      </div>
    </Section>
  );
}

function SignOutUrls({ settings }: { settings: Settings }) {
  const t = useText();
  const help = useId();
  return (
    <fieldset className={styles['urls']} aria-describedby={help}>
      <legend className={styles['label']}>{t('field.application.post_logout_redirect_uris')}</legend>
      <UrlList
        settings={settings}
        list="post_logout_redirect_uris"
        words={{
          number: 'settings.sign_out_url_number',
          remove: 'settings.sign_out_url_remove',
          add: 'settings.sign_out_url_add',
        }}
        example={example}
      />
      <span id={help} className={styles['help']}>
        {t('field.application.post_logout_redirect_uris_help')}
      </span>
    </fieldset>
  );
}
