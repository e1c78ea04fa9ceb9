import { Button } from '@react-spectrum/s2/Button';
import { type ReactNode, useState } from 'react';
import { useText } from '../../intl/text.ts';
import { showProblem } from '../../ui/toasts.ts';
import { Failure } from './failure.tsx';
import { type Exchange, type HttpRequest, send, succeeded } from './http/exchange.ts';
import { ExchangeView } from './http/exchange-view.tsx';
import { failureOf } from './oauth-errors.ts';
import { Step } from './step.tsx';
import styles from './try.module.css';

/** A step that sends one request: what will be sent, the button that sends it, what came back and what that means. */
export function ExchangeStep(props: {
  number: number;
  /** Whether it is the step to go on with. */
  isNext: boolean;
  title: string;
  text: ReactNode;
  /** What the button says. */
  action: string;
  /** Whether the steps before it gave what it needs. */
  isReady: boolean;
  /** Why it cannot be sent although it is its turn, such as a client secret that is missing. */
  missing?: string | undefined;
  /** What will be sent, as far as it is known. */
  request: HttpRequest;
  /** Puts in what is only made when it is sent. */
  complete: (request: HttpRequest) => Promise<HttpRequest>;
  exchange: Exchange | undefined;
  onExchange: (exchange: Exchange) => void;
  /** Whether a refusal is what this step wants to show. */
  expectsRefusal?: boolean;
  children?: ReactNode;
}) {
  const t = useText();
  const {
    number,
    isNext,
    title,
    text,
    action,
    isReady,
    missing,
    request,
    exchange,
    expectsRefusal = false,
  } = props;
  const [isPending, setPending] = useState(false);
  const isDone = exchange !== undefined && (expectsRefusal || succeeded(exchange));
  const failure = exchange && !expectsRefusal ? failureOf(exchange.answer) : undefined;
  const run = async () => {
    setPending(true);
    try {
      props.onExchange(await send(await props.complete(request)));
    } catch (error) {
      showProblem(t)(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Step
      number={number}
      title={title}
      text={text}
      state={isDone ? 'done' : isReady || exchange ? 'current' : 'later'}
    >
      <ExchangeView request={request} exchange={exchange} />
      {failure && <Failure {...failure} />}
      {props.children}
      {!isDone && (
        <div className={styles['actions']}>
          <Button
            variant={isNext ? 'accent' : 'secondary'}
            isPending={isPending}
            isDisabled={!isReady || missing !== undefined}
            onPress={() => void run()}
          >
            {exchange ? t('try.again', { action }) : action}
          </Button>
          {missing !== undefined && <span className={styles['label']}>{missing}</span>}
        </div>
      )}
    </Step>
  );
}
