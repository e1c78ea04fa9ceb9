import { createContext, type ReactNode, use, useContext, useEffect, useState } from 'react';
import { IntlProvider } from 'react-intl';
import type { Messages } from './catalogs/en.ts';
import { type Locale, loadMessages, pageLocale, prepareLaterMessages } from './messages.ts';
import { richTextElements } from './rich-text.tsx';

const loading = new Map<Locale, Promise<Messages>>();

function messagesOf(locale: Locale): Promise<Messages> {
  let messages = loading.get(locale);
  if (!messages) {
    messages = loadMessages(locale);
    loading.set(locale, messages);
  }
  return messages;
}

interface LocaleState {
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
}

const LocaleContext = createContext<LocaleState | undefined>(undefined);

/** Speaks the user's language to everything inside. Suspends while the words are fetched. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState(pageLocale);
  const messages = use(messagesOf(locale));
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const change = (next: Locale) => {
    // The words first, so that nothing on the screen is taken away meanwhile.
    void Promise.all([messagesOf(next), prepareLaterMessages(next)]).then(() => setLocale(next));
  };
  return (
    <LocaleContext value={{ locale, setLocale: change }}>
      <IntlProvider locale={locale} messages={messages} defaultRichTextElements={richTextElements}>
        {children}
      </IntlProvider>
    </LocaleContext>
  );
}

/** The language in use, and how to change it. */
export function useLocale(): LocaleState {
  const state = useContext(LocaleContext);
  if (!state) throw new Error('outside of LocaleProvider');
  return state;
}
