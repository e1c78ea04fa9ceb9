import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { type Exchange, succeeded, textOf } from '../http/exchange.ts';

function Said({
  variant,
  title,
  text,
}: {
  variant: 'informative' | 'positive' | 'negative';
  title: MessageKey;
  text: MessageKey;
}) {
  const t = useText();
  return (
    <InlineAlert variant={variant}>
      <Heading>{t(title)}</Heading>
      <Content>{t(text)}</Content>
    </InlineAlert>
  );
}

/** Whether a refresh gave a new refresh token. */
export function RefreshedView({ before, exchange }: { before: string | undefined; exchange: Exchange }) {
  const after = textOf(exchange, 'refresh_token');
  return after === undefined || after === before ? (
    <Said variant="informative" title="try.not_rotated_title" text="try.not_rotated_text" />
  ) : (
    <Said variant="positive" title="try.rotated_title" text="try.rotated_text" />
  );
}

/** What came of using the spent refresh token once more. */
export function RepeatedView({ first, again }: { first: Exchange | undefined; again: Exchange }) {
  if (!succeeded(again)) return <Said variant="negative" title="try.reused_title" text="try.reused_text" />;
  const isSame = textOf(first, 'refresh_token') === textOf(again, 'refresh_token');
  return isSame ? (
    <Said variant="positive" title="try.same_successor_title" text="try.same_successor_text" />
  ) : null;
}

/** That nothing comes of a refresh token any more. */
export function AfterRevocation({ exchange }: { exchange: Exchange }) {
  return succeeded(exchange) ? null : (
    <Said variant="informative" title="try.ended_title" text="try.ended_text" />
  );
}
