import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { filledRows } from './draft.ts';
import { fusionUrls } from './fusion.ts';
import styles from './settings.module.css';
import { UrlList } from './url-list.tsx';
import type { Settings } from './use-settings.ts';

/** Shown in an empty line; the same in every language. */
const example = 'https://app.example.com/callback';

/** Where users may be sent after they signed in: a list of addresses, with those of Workfront Fusion at hand. */
export function RedirectUrls({ settings }: { settings: Settings }) {
  const t = useText();
  return (
    <Section
      title={t('field.application.redirect_uris')}
      description={t('field.application.redirect_uris_help')}
    >
      <div className={styles['fields']}>
        {filledRows(settings.draft.redirect_uris).length === 0 && (
          <InlineAlert variant="notice">
            <Heading>{t('settings.redirect_urls_none_title')}</Heading>
            <Content>{t('settings.redirect_urls_none_text')}</Content>
          </InlineAlert>
        )}
        <UrlList
          settings={settings}
          list="redirect_uris"
          words={{
            number: 'settings.redirect_url_number',
            remove: 'settings.redirect_url_remove',
            add: 'settings.redirect_url_add',
          }}
          example={example}
          presets={{ label: t('settings.fusion'), urls: fusionUrls }}
        />
      </div>
    </Section>
  );
}
