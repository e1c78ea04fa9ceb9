import { use } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import { Outlet, useOutletContext } from 'react-router';
import { useLocale } from './locale.tsx';
import { laterMessagesOf } from './messages.ts';
import { richTextElements } from './rich-text.tsx';

/**
 * Has the screens inside find the words that only few screens need: the first visit, which is mostly to others, does not wait for them. Suspends while
 * they are fetched.
 */
export function LaterWords() {
  const { locale } = useLocale();
  const { messages } = useIntl();
  const later = use(laterMessagesOf(locale));
  return (
    <IntlProvider
      locale={locale}
      messages={{ ...messages, ...later } as Record<string, string>}
      defaultRichTextElements={richTextElements}
    >
      <Outlet context={useOutletContext()} />
    </IntlProvider>
  );
}
