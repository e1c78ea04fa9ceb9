import { Button } from '@react-spectrum/s2/Button';
import { useText } from '../intl/text.ts';
import styles from './save-bar.module.css';

interface SaveBarProps {
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  /** Whether a mistake is shown somewhere in the form. */
  readonly hasMistakes?: boolean;
  readonly onDiscard: () => void;
}

/** Stands at the foot of a form while there is something to save. Inside of the form: saving submits it. */
export function SaveBar({ isChanged, isSaving, hasMistakes = false, onDiscard }: SaveBarProps) {
  const t = useText();
  const words = t(hasMistakes ? 'problems.validation_failed' : 'settings.unsaved');
  return (
    <>
      <span role="status" className="visually-hidden">
        {isChanged ? words : ''}
      </span>
      {isChanged && (
        <div className={styles['bar']} data-save-bar>
          <span className={hasMistakes ? styles['mistaken'] : undefined}>{words}</span>
          <div className={styles['actions']}>
            <Button variant="secondary" isDisabled={isSaving} onPress={onDiscard}>
              {t('settings.discard')}
            </Button>
            <Button variant="accent" type="submit" isPending={isSaving}>
              {t('settings.save')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
