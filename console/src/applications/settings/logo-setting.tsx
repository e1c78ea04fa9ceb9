import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { AlertDialog, DialogContainer } from '@react-spectrum/s2/AlertDialog';
import { Button } from '@react-spectrum/s2/Button';
import { DropZone } from '@react-spectrum/s2/DropZone';
import { FileTrigger } from '@react-spectrum/s2/FileTrigger';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Text } from '@react-spectrum/s2/Menu';
import { useId, useState } from 'react';
import { useIntl } from 'react-intl';
import { useDeleteLogo, usePutLogo } from '../../api/applications.ts';
import { Problem } from '../../api/problem.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { AppLogo } from '../../ui/app-logo.tsx';
import { problemText } from '../../ui/problem-text.ts';
import { showDone, showProblem } from '../../ui/toasts.ts';
import styles from './settings.module.css';

const mediaTypes = ['image/png', 'image/jpeg', 'image/webp'];
const maxBytes = 1024 * 1024;

/** The application's logo: chosen or dropped, and saved at once. */
export function LogoSetting({ application }: { application: Application }) {
  const t = useText();
  const intl = useIntl();
  const put = usePutLogo(application.id);
  const remove = useDeleteLogo(application.id);
  const help = useId();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);

  const upload = (file: File | undefined) => {
    if (!file) return;
    const wrong = whatIsWrong(file);
    setRefusal(wrong);
    if (wrong === null)
      put.mutate(file, {
        onSuccess: () => showDone(t('settings.logo_saved')),
        onError: (error) => setRefusal(refusalWords(error)),
      });
  };
  const whatIsWrong = (file: File) => {
    if (!mediaTypes.includes(file.type)) return t('settings.logo_wrong_type');
    if (file.size > maxBytes)
      return t('settings.logo_too_large', {
        size: intl.formatNumber(file.size / maxBytes, {
          maximumFractionDigits: 1,
          roundingMode: 'ceil',
        } as never),
      });
    return null;
  };
  const refusalWords = (error: unknown) =>
    error instanceof Problem && error.status === 415
      ? t('problems.unsupported_image')
      : problemText(t, error);

  return (
    <fieldset className={styles['fact']} aria-describedby={help}>
      <legend className={styles['label']}>{t('field.application.logo_uri')}</legend>
      <div className={styles['logo']}>
        <span className={styles['preview']}>
          <AppLogo application={application} size="large" />
        </span>
        <DropZone
          size="S"
          aria-label={t('settings.logo_drop_here')}
          getDropOperation={() => 'copy'}
          onDrop={async ({ items }) => {
            const item = items.find(({ kind }) => kind === 'file');
            upload(item?.kind === 'file' ? await item.getFile() : undefined);
          }}
          UNSAFE_style={{ flex: '1 1 14rem', minWidth: 0 }}
        >
          <div className={styles['drop']}>
            <FileTrigger acceptedFileTypes={mediaTypes} onSelect={(files) => upload(files?.[0])}>
              <Button variant="secondary" isPending={put.isPending}>
                {t(application.logo_uri ? 'settings.logo_replace' : 'settings.logo_choose')}
              </Button>
            </FileTrigger>
            <span className={styles['help']}>{t('settings.logo_drop')}</span>
          </div>
        </DropZone>
        {application.logo_uri && (
          <ActionButton isQuiet isPending={remove.isPending} onPress={() => setAsking(true)}>
            <DeleteIcon />
            <Text>{t('settings.logo_remove')}</Text>
          </ActionButton>
        )}
      </div>
      <span className={styles['help']} id={help}>
        {t('field.application.logo_uri_help')}
      </span>
      <span role="alert" className={styles['mistake']}>
        {refusal}
      </span>
      <DialogContainer onDismiss={() => setAsking(false)}>
        {isAsking && (
          <AlertDialog
            variant="destructive"
            title={t('settings.logo_remove_title')}
            primaryActionLabel={t('settings.logo_remove')}
            cancelLabel={t('shell.cancel')}
            onPrimaryAction={() =>
              remove.mutate(undefined, {
                onSuccess: () => showDone(t('settings.logo_removed')),
                onError: showProblem(t),
              })
            }
          >
            {t('settings.logo_remove_text')}
          </AlertDialog>
        )}
      </DialogContainer>
    </fieldset>
  );
}
