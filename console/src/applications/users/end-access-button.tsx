import { Button } from '@react-spectrum/s2/Button';
import { useIntl } from 'react-intl';
import { useApplications } from '../../api/applications.ts';
import { useEndAuthorization } from '../../api/authorizations.ts';
import type { Authorization } from '../../api/types.ts';
import { formatDuration } from '../../intl/duration.ts';
import { useText } from '../../intl/text.ts';
import { Confirmed } from '../../ui/confirmed.tsx';
import { showDone, showProblem } from '../../ui/toasts.ts';

/**
 * Ends an authorization, after asking.
 * @param whose whose access it is in the list that it stands in: the user's or the application's
 * @param onEnded when it has ended, before it leaves the list
 */
export function EndAccessButton(props: {
  authorization: Authorization;
  whose: 'user' | 'application';
  onEnded: () => void;
}) {
  const { authorization, whose, onEnded } = props;
  const t = useText();
  const intl = useIntl();
  const ending = useEndAuthorization();
  const { data: list } = useApplications();
  const { user, application } = authorization;
  const { name } = whose === 'user' ? user : application;
  const lifetime = list?.data.find(({ id }) => id === application.id)?.access_token_lifetime ?? 3600;
  const end = () =>
    ending.mutate(authorization, {
      onError: showProblem(t),
      onSuccess: () => {
        showDone(t('people.ended', { name }));
        onEnded();
      },
    });
  return (
    <Confirmed
      button={
        <Button
          variant="secondary"
          size="S"
          aria-label={t('people.end_of', { name })}
          isPending={ending.isPending || ending.isSuccess}
        >
          {t('people.end')}
        </Button>
      }
      title={t('people.end_title', { name })}
      act={t('people.end')}
      onConfirm={end}
    >
      {t('people.end_text', {
        application: application.name,
        name: user.name,
        lifetime: formatDuration(intl, lifetime),
      })}
    </Confirmed>
  );
}
