import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useText } from '../../../intl/text.ts';
import type { Exchange } from '../http/exchange.ts';
import { meanings } from './meanings.ts';
import { MembersTable } from './members-table.tsx';

/** What introspection said of a token. */
export function IntrospectionView({ exchange }: { exchange: Exchange }) {
  const t = useText();
  const json = exchange.answer?.json;
  if (json?.['active'] === true)
    return (
      <MembersTable
        caption={t('try.introspection_active')}
        members={Object.entries(json)}
        meanings={meanings.token}
      />
    );
  if (json?.['active'] === false)
    return (
      <InlineAlert variant="informative">
        <Heading>{t('try.introspection_inactive')}</Heading>
        <Content>{t('try.introspection_inactive_text')}</Content>
      </InlineAlert>
    );
  return null;
}
