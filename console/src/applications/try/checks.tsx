import AlertDiamondIcon from '@react-spectrum/s2/icons/AlertDiamond';
import CheckmarkCircleIcon from '@react-spectrum/s2/icons/CheckmarkCircle';
import { useText } from '../../intl/text.ts';
import styles from './try.module.css';

/** What a client checks before it believes an answer, and whether it holds. */
export function Checks({ checks }: { checks: readonly { text: string; holds: boolean }[] }) {
  const t = useText();
  return (
    <ul className={styles['checks']}>
      {checks.map(({ text, holds }) => (
        <li key={text} data-wrong={!holds || undefined}>
          {holds ? <CheckmarkCircleIcon /> : <AlertDiamondIcon />}
          {holds ? text : t('try.check_fails', { check: text })}
        </li>
      ))}
    </ul>
  );
}
