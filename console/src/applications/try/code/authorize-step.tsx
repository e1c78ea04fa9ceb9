import { Button } from '@react-spectrum/s2/Button';
import { ProgressCircle } from '@react-spectrum/s2/ProgressCircle';
import type { ReactNode } from 'react';
import { useText } from '../../../intl/text.ts';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { Step } from '../step.tsx';
import { MembersTable } from '../tokens/members-table.tsx';
import styles from '../try.module.css';
import { ArrivalView } from './arrival-view.tsx';
import { requestParameters } from './parameters.ts';
import type { Authorization } from './use-authorization.ts';

/** The first step: the user is asked, on the authorization server's own pages. */
export function AuthorizeStep(props: {
  authorization: Authorization;
  /** Why it cannot be started yet. */
  missing: string | undefined;
  children: ReactNode;
}) {
  const t = useText();
  const { url, isWaiting, arrival, startInWindow, startHere, reset } = props.authorization;
  const cannotStart = props.missing !== undefined || url === undefined;
  return (
    <Step
      number={1}
      title={t('try.authorize_title')}
      text={t('try.authorize_text')}
      state={arrival ? 'done' : 'current'}
    >
      {arrival ? (
        <ArrivalView arrival={arrival} onRestart={reset} />
      ) : (
        <>
          {props.children}
          <div className={styles['stack']}>
            <h3>{t('try.request')}</h3>
            <CodeBlock text={url ?? ''} what={t('try.request')} wraps />
            <MembersTable
              caption={t('try.parameters')}
              members={[...new URL(url ?? location.href).searchParams]}
              meanings={requestParameters}
            />
          </div>
          {isWaiting ? (
            <div className={styles['stack']}>
              <div className={styles['wait']} role="status">
                <ProgressCircle isIndeterminate size="S" aria-label={t('try.waiting')} />
                <span>{t('try.waiting')}</span>
              </div>
              <div className={styles['actions']}>
                <Button variant="secondary" onPress={startHere}>
                  {t('try.start_here')}
                </Button>
                <Button variant="secondary" onPress={reset}>
                  {t('shell.cancel')}
                </Button>
              </div>
            </div>
          ) : (
            <div className={styles['actions']}>
              <Button variant="accent" isDisabled={cannotStart} onPress={startInWindow}>
                {t('try.start_in_window')}
              </Button>
              <Button variant="secondary" isDisabled={cannotStart} onPress={startHere}>
                {t('try.start_here')}
              </Button>
              {props.missing !== undefined && <span className={styles['label']}>{props.missing}</span>}
            </div>
          )}
        </>
      )}
    </Step>
  );
}
