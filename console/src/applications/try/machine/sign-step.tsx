import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useMe } from '../../../api/me.ts';
import type { Application } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { showProblem } from '../../../ui/toasts.ts';
import { signAssertion } from '../signing/jwt.ts';
import type { SigningKey } from '../signing/private-key.ts';
import { registeredKey } from '../signing/registered-key.ts';
import { Step } from '../step.tsx';
import { JwtView } from '../tokens/jwt-view.tsx';
import styles from '../try.module.css';

/** The step that no network sees: the page signs an assertion with the private key. */
export function SignStep(props: {
  number: number;
  application: Application;
  issuer: string;
  /** Whom the assertion says it is from. */
  iss: string;
  signingKey: SigningKey | undefined;
  assertion: string | undefined;
  onSigned: (assertion: string) => void;
}) {
  const t = useText();
  const me = useMe();
  const { number, application, issuer, iss, signingKey, assertion, onSigned } = props;
  const [isPending, setPending] = useState(false);
  const sign = async (key: SigningKey) => {
    setPending(true);
    const registered = registeredKey(application, key);
    const claims = { iss, sub: registered?.acts_as_user_id ?? me.id, aud: issuer };
    try {
      onSigned(await signAssertion(key, claims, registered?.kid));
    } catch (error) {
      showProblem(t)(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Step
      number={number}
      title={t('try.sign_title')}
      text={t('try.sign_text')}
      state={assertion ? 'done' : 'current'}
    >
      {assertion && <JwtView jwt={assertion} title={t('try.assertion')} kind="assertion" />}
      <div className={styles['actions']}>
        <Button
          variant={assertion ? 'secondary' : 'accent'}
          isPending={isPending}
          isDisabled={!signingKey}
          onPress={() => signingKey && void sign(signingKey)}
        >
          {assertion ? t('try.sign_again') : t('try.sign_action')}
        </Button>
        {!signingKey && <span className={styles['label']}>{t('try.missing_key')}</span>}
      </div>
    </Step>
  );
}
