import type { ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { MessageKey } from './messages.ts';

type PlainValues = Record<string, string | number | Date | null>;
type RichValues = Record<string, ReactNode | ((chunks: ReactNode[]) => ReactNode)>;

/** Words of the user's language. */
export interface Text {
  /** A message as text. */
  (key: MessageKey, values?: PlainValues): string;
  /** A message with elements in it: `<b>` and `<code>` stand for themselves, other tags are given as functions. */
  rich(key: MessageKey, values?: RichValues): ReactNode;
}

const made = new WeakMap<IntlShape, Text>();

/** The words of the user's language, as a function from a message's key. */
export function useText(): Text {
  const intl = useIntl();
  let text = made.get(intl);
  if (!text) {
    text = Object.assign(
      (key: MessageKey, values?: PlainValues) => intl.formatMessage({ id: key }, values) as string,
      {
        rich: (key: MessageKey, values?: RichValues) =>
          intl.formatMessage({ id: key }, values as never) as ReactNode,
      },
    );
    made.set(intl, text);
  }
  return text;
}
