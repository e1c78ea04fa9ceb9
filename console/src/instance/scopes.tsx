import { Link } from '@react-spectrum/s2/Link';
import type { Instance } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';

/** Leads to what applications may ask for: the scopes are those of the instance's own API. */
export function ScopesSection({ instance }: { instance: Instance }) {
  const t = useText();
  return (
    <Section title={t('field.instance.scopes')} description={t('field.instance.scopes_help')}>
      <p>
        {t.rich('instance.scopes_elsewhere', {
          link: (words) => <Link href={`/apis/${instance.id}`}>{words}</Link>,
        })}
      </p>
    </Section>
  );
}
