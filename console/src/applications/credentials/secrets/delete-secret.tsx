import { useIntl } from 'react-intl';
import { useDeleteSecret } from '../../../api/credentials.ts';
import type { Application, ClientSecret } from '../../../api/types.ts';
import { formatDuration } from '../../../intl/duration.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Ago } from '../../../intl/time.tsx';
import { showDone } from '../../../ui/toasts.ts';
import { ConfirmDeletion } from '../confirm-deletion.tsx';

/** What is left to an application whose only client secret goes, by its type and whether it has public keys, here or at an address of its own. */
const onlySecret: Record<'machine' | 'web', Record<'keys' | 'nothing', MessageKey>> = {
  machine: {
    keys: 'credentials.only_secret_machine_keys',
    nothing: 'credentials.only_secret_machine',
  },
  web: { keys: 'credentials.only_secret_web_keys', nothing: 'credentials.only_secret_web' },
};

/** Asks before a client secret is deleted, and says what breaks. */
export function DeleteSecret(props: {
  application: Application;
  secret: ClientSecret;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { application, secret, onClose, onDeleted } = props;
  const { name, type, secrets = [], public_keys: keys = [] } = application;
  const t = useText();
  const intl = useIntl();
  const remove = useDeleteSecret(application.id);
  const left = keys.length > 0 || application.jwks_uri ? 'keys' : 'nothing';
  const other = secrets.find(({ id }) => id !== secret.id);
  const leave = () => {
    showDone(t('credentials.secret_deleted', { hint: secret.hint }));
    onDeleted();
  };
  return (
    <ConfirmDeletion
      title={t('credentials.secret_delete_title', { hint: secret.hint })}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate(secret.id, { onSuccess: leave })}
      onClose={onClose}
    >
      <p>
        {secret.last_used_at === null
          ? t('credentials.secret_unused')
          : t.rich('credentials.secret_used', { ago: <Ago key="ago" at={secret.last_used_at} /> })}{' '}
        {t('credentials.secret_breaks')}
      </p>
      <p>
        {other
          ? t('credentials.other_secret', { hint: other.hint })
          : t.rich(onlySecret[type === 'machine' ? 'machine' : 'web'][left], { name })}
      </p>
      <p>
        {t('credentials.tokens_stay', { duration: formatDuration(intl, application.access_token_lifetime) })}
      </p>
    </ConfirmDeletion>
  );
}
