import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';

/** The client ID, to copy. */
export function ClientIdSection({ clientId }: { clientId: string }) {
  const t = useText();
  return (
    <Section title={t('credentials.client_id')} description={t('credentials.client_id_about')}>
      <Copyable text={clientId} what={t('credentials.client_id')} />
    </Section>
  );
}
