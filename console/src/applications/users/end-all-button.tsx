import { Button } from '@react-spectrum/s2/Button';
import { useIntl } from 'react-intl';
import { useEndAllAuthorizations } from '../../api/authorizations.ts';
import type { Application } from '../../api/types.ts';
import { formatDuration } from '../../intl/duration.ts';
import { useText } from '../../intl/text.ts';
import { Confirmed } from '../../ui/confirmed.tsx';
import { showDone, showProblem } from '../../ui/toasts.ts';

/** Ends everybody's access to an application, after asking. */
export function EndAllButton(props: { application: Application; onEnded: () => void }) {
  const { application, onEnded } = props;
  const t = useText();
  const intl = useIntl();
  const ending = useEndAllAuthorizations(application.id);
  const end = () =>
    ending.mutate(undefined, {
      onError: showProblem(t),
      onSuccess: () => {
        showDone(t('people.ended_all', { application: application.name }));
        onEnded();
      },
    });
  return (
    <Confirmed
      button={
        <Button variant="negative" fillStyle="outline" isPending={ending.isPending}>
          {t('people.end_all')}
        </Button>
      }
      title={t('people.end_all_title')}
      act={t('people.end_all')}
      onConfirm={end}
    >
      {t('people.end_all_text', {
        application: application.name,
        lifetime: formatDuration(intl, application.access_token_lifetime),
      })}
    </Confirmed>
  );
}
