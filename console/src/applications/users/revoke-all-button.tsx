import { AlertDialog, DialogTrigger } from '@react-spectrum/s2/AlertDialog';
import { Button } from '@react-spectrum/s2/Button';
import { useIntl } from 'react-intl';
import { useEndAllAuthorizations } from '../../api/authorizations.ts';
import type { Application } from '../../api/types.ts';
import { formatDuration } from '../../intl/duration.ts';
import { useText } from '../../intl/text.ts';
import { showDone, showProblem } from '../../ui/toasts.ts';

/** Ends everybody's access to an application, after asking. */
export function RevokeAllButton(props: { application: Application; onEnded: () => void }) {
  const { application, onEnded } = props;
  const t = useText();
  const intl = useIntl();
  const end = useEndAllAuthorizations(application.id);
  const revoke = () =>
    end.mutate(undefined, {
      onError: showProblem(t),
      onSuccess: () => {
        showDone(t('people.revoked_all', { application: application.name }));
        onEnded();
      },
    });
  return (
    <DialogTrigger>
      <Button variant="negative" fillStyle="outline" isPending={end.isPending}>
        {t('people.revoke_all')}
      </Button>
      <AlertDialog
        variant="destructive"
        title={t('people.revoke_all_title')}
        primaryActionLabel={t('people.revoke_all')}
        cancelLabel={t('shell.cancel')}
        autoFocusButton="cancel"
        onPrimaryAction={revoke}
      >
        {t('people.revoke_all_text', {
          application: application.name,
          lifetime: formatDuration(intl, application.access_token_lifetime),
        })}
      </AlertDialog>
    </DialogTrigger>
  );
}
