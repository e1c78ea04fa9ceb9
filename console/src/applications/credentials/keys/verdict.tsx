import CheckmarkIcon from '@react-spectrum/s2/icons/CheckmarkCircle';
import { useEffect, useRef } from 'react';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Day } from '../../../intl/time.tsx';
import styles from '../credentials.module.css';
import { Fact, Facts } from '../facts.tsx';
import type { Mistake, Reading, ReadPublicKey } from '../reading/read-public-key.ts';
import { CertificateEnd } from './certificate-end.tsx';
import { expiryOf } from './expiry.ts';

const forms: Record<ReadPublicKey['form'], MessageKey> = {
  pem: 'credentials.form_pem',
  certificate: 'credentials.form_certificate',
  jwk: 'credentials.form_jwk',
};

/** What is wrong with a text that should be a public key, and what to do about it. */
export const mistakes: Record<Mistake, MessageKey> = {
  private: 'credentials.mistake_private',
  ssh: 'credentials.mistake_ssh',
  request: 'credentials.mistake_request',
  several: 'credentials.mistake_several',
  encryption: 'credentials.mistake_encryption',
  too_small: 'credentials.mistake_too_small',
  kind: 'credentials.mistake_kind',
  expired: 'credentials.mistake_expired',
  not_yet: 'credentials.mistake_not_yet',
  too_large: 'credentials.mistake_too_large',
  unreadable: 'credentials.mistake_unreadable',
};

/** Says at once what somebody has entered. What is wrong with it stands at its field; here it is only spoken. */
export function Verdict({ reading, problem }: { reading: Reading; problem: string | undefined }) {
  return (
    <div aria-live="polite">
      {problem !== undefined ? (
        <span className="visually-hidden">{problem}</span>
      ) : (
        reading.outcome === 'usable' && <Usable publicKey={reading.key} />
      )}
    </div>
  );
}

function Usable({ publicKey: key }: { publicKey: ReadPublicKey }) {
  const t = useText();
  const { certificate } = key;
  const notAfter = certificate?.notAfter.toISOString() ?? null;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const isSoonOver = expiryOf(notAfter, Date.now()) === 'soon';
  return (
    <div className={styles['verdict']} ref={box}>
      <p className={styles['verdict-title']}>
        <CheckmarkIcon />
        <strong>{t(forms[key.form])}</strong>
      </p>
      <Facts>
        <Fact name={t('credentials.key_kind')}>{key.kind}</Fact>
        <Fact name={t('credentials.algorithm')}>{key.algorithm}</Fact>
        {certificate?.subject && <Fact name={t('credentials.subject')}>{certificate.subject}</Fact>}
        {notAfter && (
          <Fact name={t('credentials.valid_until')}>
            <Day at={notAfter} />
          </Fact>
        )}
        {key.kid && (
          <Fact name={t('credentials.key_id')} wide>
            <code>{key.kid}</code>
          </Fact>
        )}
        <Fact name={t('credentials.thumbprint')} wide>
          <code>{key.thumbprint}</code>
        </Fact>
      </Facts>
      {isSoonOver && <CertificateEnd notAfter={notAfter} />}
    </div>
  );
}
