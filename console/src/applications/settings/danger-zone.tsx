import { AlertDialog, DialogContainer } from '@react-spectrum/s2/AlertDialog';
import { Button } from '@react-spectrum/s2/Button';
import { type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import { useUpdateApplication } from '../../api/applications.ts';
import type { Application } from '../../api/types.ts';
import { formatDuration } from '../../intl/duration.ts';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { showDone, showProblem } from '../../ui/toasts.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import styles from './settings.module.css';

/** What stops the application: for a while, or for good. */
export function DangerZone({ application }: { application: Application }) {
  const t = useText();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Section title={t('settings.danger')}>
      <div className={styles['acts']}>
        <Enabling application={application} />
        <Act title={t('settings.delete_title')} text={t('settings.delete_text')}>
          <Button variant="negative" onPress={() => setDeleting(true)}>
            {t('settings.delete')}
          </Button>
        </Act>
      </div>
      {isDeleting && <DeleteDialog application={application} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function Enabling({ application }: { application: Application }) {
  const t = useText();
  const intl = useIntl();
  const { name, enabled, access_token_lifetime } = application;
  const update = useUpdateApplication(application.id);
  const [isAsking, setAsking] = useState(false);
  const set = (next: boolean) =>
    update.mutate(
      { enabled: next },
      {
        onSuccess: () => showDone(t(next ? 'settings.enabled_done' : 'settings.disabled_done', { name })),
        onError: showProblem(t),
      },
    );
  return (
    <>
      <Act
        title={t(enabled ? 'settings.disable_title' : 'settings.enable_title')}
        text={t(enabled ? 'settings.disable_text' : 'settings.enable_text')}
      >
        <Button
          variant={enabled ? 'secondary' : 'accent'}
          isPending={update.isPending}
          onPress={() => (enabled ? setAsking(true) : set(true))}
        >
          {t(enabled ? 'settings.disable' : 'settings.enable')}
        </Button>
      </Act>
      <DialogContainer onDismiss={() => setAsking(false)}>
        {isAsking && (
          <AlertDialog
            variant="destructive"
            title={t('settings.disable_confirm_title', { name })}
            primaryActionLabel={t('settings.disable')}
            cancelLabel={t('shell.cancel')}
            onPrimaryAction={() => set(false)}
          >
            {t('settings.disable_confirm_text', { lifetime: formatDuration(intl, access_token_lifetime) })}
          </AlertDialog>
        )}
      </DialogContainer>
    </>
  );
}

function Act(props: { title: string; text: string; children: ReactNode }) {
  return (
    <div className={styles['act']}>
      <div>
        <h3>{props.title}</h3>
        <p className={styles['help']}>{props.text}</p>
      </div>
      {props.children}
    </div>
  );
}
