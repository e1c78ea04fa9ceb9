import { Badge } from '@react-spectrum/s2/Badge';
import { Switch } from '@react-spectrum/s2/Switch';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../../intl/text.ts';
import { CodeBlock } from '../../../ui/code-block.tsx';
import styles from '../try.module.css';
import type { Exchange, HttpRequest } from './exchange.ts';
import { formatAnswer, formatRequest } from './format.ts';

/** A request, and its answer once there is one; secrets are dots until somebody wants to see them. */
export function ExchangeView({
  request,
  exchange,
}: {
  request: HttpRequest;
  exchange: Exchange | undefined;
}) {
  const t = useText();
  const [isRevealed, setRevealed] = useState(false);
  const answer = exchange?.answer;
  return (
    <div className={styles['exchange']}>
      <div className={styles['group']}>
        <div className={styles['part-header']}>
          <h3>{t('try.request')}</h3>
          <Switch size="S" isSelected={isRevealed} onChange={setRevealed}>
            {t('try.reveal')}
          </Switch>
        </div>
        <CodeBlock
          text={formatRequest(exchange?.request ?? request, isRevealed)}
          what={t('try.request')}
          wraps
        />
      </div>
      {exchange && (
        <div className={styles['group']}>
          <AnswerHeading exchange={exchange} />
          {answer && <CodeBlock text={formatAnswer(answer, isRevealed)} what={t('try.answer')} wraps />}
        </div>
      )}
    </div>
  );
}

/** Takes the focus when an answer comes, so that keyboards and screen readers go on there. */
function AnswerHeading({ exchange }: { exchange: Exchange }) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (exchange) heading.current?.focus();
  }, [exchange]);
  const status = exchange.answer?.status;
  return (
    <div className={styles['part-header']}>
      <h3 ref={heading} tabIndex={-1}>
        {t('try.answer')}
      </h3>
      <Badge variant={status !== undefined && status < 300 ? 'positive' : 'negative'} fillStyle="subtle">
        {status === undefined ? t('try.no_answer') : String(status)}
      </Badge>
    </div>
  );
}
