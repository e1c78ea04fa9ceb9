import { ActionButton } from '@react-spectrum/s2/ActionButton';
import CheckmarkIcon from '@react-spectrum/s2/icons/Checkmark';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { applicationQuery } from '../../../api/applications.ts';
import { useText } from '../../../intl/text.ts';
import { Ago } from '../../../intl/time.tsx';
import styles from '../credentials.module.css';
import type { Replacement } from './replacement.ts';

const order = ['add', 'move', 'delete'] as const;

/** How to let a new client secret take the place of another without an interruption, and how far that has come. */
export function ReplacementSteps(props: { applicationId: string; replacement: Replacement }) {
  const { applicationId, replacement } = props;
  const t = useText();
  const { refetch, isFetching } = useQuery({ ...applicationQuery(applicationId), enabled: false });
  const now = order.indexOf(replacement.step);
  const stateOf = (step: (typeof order)[number]) => {
    const distance = order.indexOf(step) - now;
    return distance < 0 ? 'done' : distance === 0 ? 'now' : 'later';
  };
  return (
    <div className={styles['replacement']}>
      <h3>{t('credentials.replace_title')}</h3>
      <ol>
        <Step number={1} state={stateOf('add')} title={t('credentials.replace_add')}>
          {t('credentials.replace_add_about')}
        </Step>
        <Step number={2} state={stateOf('move')} title={t('credentials.replace_move')}>
          {replacement.step === 'add' ? (
            t('credentials.replace_move_about')
          ) : (
            <span className={styles['progress']}>
              <span aria-live="polite">
                {replacement.second.last_used_at === null
                  ? t('credentials.replace_unused', { hint: replacement.second.hint })
                  : t.rich('credentials.replace_used', {
                      hint: replacement.second.hint,
                      ago: <Ago key="ago" at={replacement.second.last_used_at} />,
                    })}
              </span>
              <ActionButton size="S" isPending={isFetching} onPress={() => void refetch()}>
                {t('credentials.check_again')}
              </ActionButton>
            </span>
          )}
        </Step>
        <Step number={3} state={stateOf('delete')} title={t('credentials.replace_delete')}>
          {replacement.step !== 'delete'
            ? t('credentials.replace_delete_about')
            : replacement.first.last_used_at === null
              ? t('credentials.replace_delete_unused', { hint: replacement.first.hint })
              : t.rich('credentials.replace_delete_used', {
                  hint: replacement.first.hint,
                  ago: <Ago key="ago" at={replacement.first.last_used_at} />,
                })}
        </Step>
      </ol>
      <p>{t.rich(replacement.step === 'add' ? 'credentials.lost' : 'credentials.secrets_full')}</p>
    </div>
  );
}

function Step(props: {
  number: number;
  state: 'done' | 'now' | 'later';
  title: string;
  children: ReactNode;
}) {
  const { number, state, title, children } = props;
  const t = useText();
  return (
    <li data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      <span className={styles['number']} aria-hidden="true">
        {state === 'done' ? <CheckmarkIcon /> : number}
      </span>
      <strong>
        {title}
        {state === 'done' && <span className="visually-hidden"> {t('credentials.step_done')}</span>}
      </strong>
      <span className={styles['step-about']}>{children}</span>
    </li>
  );
}
