import { ProgressCircle } from '@react-spectrum/s2/ProgressCircle';
import { useText } from '../intl/text.ts';
import styles from './loading.module.css';

/** Stands where something is still on its way. */
export function Loading() {
  const t = useText();
  return (
    <div className={styles['loading']}>
      <ProgressCircle isIndeterminate aria-label={t('shell.loading')} />
    </div>
  );
}
