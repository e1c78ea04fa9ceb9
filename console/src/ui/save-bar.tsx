import { Button } from '@react-spectrum/s2/Button';
import { useText } from '../intl/text.ts';
import styles from './save-bar.module.css';

/** Stands at the foot of a form while there is something to save. Inside of the form: saving submits it. */
export function SaveBar(props: { isChanged: boolean; isSaving: boolean; onDiscard: () => void }) {
  const { isChanged, isSaving, onDiscard } = props;
  const t = useText();
  return (
    <>
      <span role="status" className="visually-hidden">
        {isChanged ? t('settings.unsaved') : ''}
      </span>
      {isChanged && (
        <div className={styles['bar']}>
          <span>{t('settings.unsaved')}</span>
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
