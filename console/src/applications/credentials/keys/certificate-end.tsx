import AlertIcon from '@react-spectrum/s2/icons/AlertTriangle';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Ago, Day } from '../../../intl/time.tsx';
import styles from '../credentials.module.css';
import { expiryOf } from './expiry.ts';

const words: Record<'far' | 'soon' | 'over', MessageKey> = {
  far: 'credentials.certificate_far',
  soon: 'credentials.certificate_soon',
  over: 'credentials.certificate_over',
};

/** Until when the certificate is good that a key came in, with a warning when that is near or past. */
export function CertificateEnd({ notAfter }: { notAfter: string | null }) {
  const t = useText();
  const expiry = expiryOf(notAfter, Date.now());
  if (expiry === 'never' || notAfter === null) return null;
  return (
    <p className={styles['certificate']} data-expiry={expiry}>
      {expiry !== 'far' && <AlertIcon />}
      <span>
        {t.rich(words[expiry], {
          day: <Day key="day" at={notAfter} />,
          when: <Ago key="when" at={notAfter} />,
        })}
      </span>
    </p>
  );
}
