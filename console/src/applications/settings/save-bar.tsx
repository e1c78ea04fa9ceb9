import { Button } from '@react-spectrum/s2/Button';
import { useText } from '../../intl/text.ts';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** Stands at the foot of the screen while there is something to save. */
export function SaveBar({ settings, onDiscard }: { settings: Settings; onDiscard: () => void }) {
  const t = useText();
  const words = t(settings.hasMistakes ? 'problems.validation_failed' : 'settings.unsaved');
  return (
    <>
      <span role="status" className="visually-hidden">
        {settings.isChanged ? words : ''}
      </span>
      {settings.isChanged && (
        <div className={styles['save-bar']} data-save-bar>
          <span className={styles[settings.hasMistakes ? 'mistaken' : 'unsaved']}>{words}</span>
          <div className={styles['actions']}>
            <Button variant="secondary" isDisabled={settings.isSaving} onPress={onDiscard}>
              {t('settings.discard')}
            </Button>
            <Button variant="accent" type="submit" isPending={settings.isSaving}>
              {t('settings.save')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
