import { Button } from '@react-spectrum/s2/Button';
import { useEffect, useRef } from 'react';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Checks } from '../checks.tsx';
import { Failure } from '../failure.tsx';
import { isSecret, masked } from '../http/secret.ts';
import { meaningOfError } from '../oauth-errors.ts';
import { MembersTable } from '../tokens/members-table.tsx';
import styles from '../try.module.css';
import type { Arrival } from './arrivals.ts';
import { type CallbackMistake, mistakeOf } from './authorization-check.ts';
import { callbackParameters } from './callback.ts';
import { answerParameters } from './parameters.ts';

/** The parameter that is at fault, and what that means. */
const mistakes: Record<CallbackMistake, { readonly code: string; readonly meaning: MessageKey }> = {
  wrong_issuer: { code: 'iss', meaning: 'try.error_wrong_issuer' },
  no_code: { code: 'code', meaning: 'try.error_no_code' },
};

/** What the authorization server sent the browser back with, and what a client checks before it believes it. */
export function ArrivalView({ arrival, onRestart }: { arrival: Arrival; onRestart: () => void }) {
  const t = useText();
  const { callback } = arrival;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const mistake = mistakeOf(arrival);
  const members = callbackParameters.flatMap((name) => {
    const value = callback[name];
    return value === undefined ? [] : [[name, isSecret(name) ? masked(value) : value] as const];
  });
  return (
    <>
      <div className={styles['part-header']}>
        <h3 ref={heading} tabIndex={-1}>
          {t('try.came_back')}
        </h3>
      </div>
      <MembersTable caption={t('try.parameters')} members={members} meanings={answerParameters} />
      {mistake !== undefined && <Failure {...mistakes[mistake]} />}
      {mistake === undefined && callback.error !== undefined && (
        <Failure
          code={callback.error}
          meaning={meaningOfError(callback.error)}
          description={callback.error_description}
        />
      )}
      {mistake === undefined && (
        <Checks
          checks={[t('try.check_state'), t('try.check_iss'), t('try.check_url')].map((text) => ({
            text,
            holds: true,
          }))}
        />
      )}
      <div className={styles['actions']}>
        <Button variant="secondary" onPress={onRestart}>
          {t('try.restart')}
        </Button>
      </div>
    </>
  );
}
