import { useIntl } from 'react-intl';
import { useDeletePublicKey } from '../../../api/credentials.ts';
import type { Application, PublicKey } from '../../../api/types.ts';
import { useUser } from '../../../api/users.ts';
import { formatDuration } from '../../../intl/duration.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Ago } from '../../../intl/time.tsx';
import { showDone } from '../../../ui/toasts.ts';
import { ConfirmDeletion } from '../confirm-deletion.tsx';

/** What is left to an application whose only public key goes, by its type and what else it has. */
const onlyKey: Record<'machine' | 'web', Record<'published' | 'secrets' | 'nothing', MessageKey>> = {
  machine: {
    published: 'credentials.only_key_machine_secrets', // which act for no user either
    secrets: 'credentials.only_key_machine_secrets',
    nothing: 'credentials.only_key_machine',
  },
  web: {
    published: 'credentials.only_key_published',
    secrets: 'credentials.only_key_web_secrets',
    nothing: 'credentials.only_key_web',
  },
};

/** Asks before a public key is deleted, and says what breaks. */
export function DeleteKey(props: {
  application: Application;
  publicKey: PublicKey;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { application, publicKey: key, onClose, onDeleted } = props;
  const { name, type, secrets = [], public_keys: keys = [] } = application;
  const t = useText();
  const intl = useIntl();
  const { data: user } = useUser(type === 'machine' ? key.acts_as_user_id : null);
  const remove = useDeletePublicKey(application.id);
  const left = application.jwks_uri ? 'published' : secrets.length > 0 ? 'secrets' : 'nothing';
  const isOnly = keys.every(({ id }) => id === key.id);
  const leave = () => {
    showDone(t('credentials.key_deleted', { name: key.name }));
    onDeleted();
  };
  return (
    <ConfirmDeletion
      title={t('credentials.key_delete_title', { name: key.name })}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate(key.id, { onSuccess: leave })}
      onClose={onClose}
    >
      <p>
        {key.last_used_at === null
          ? t('credentials.key_unused')
          : t.rich('credentials.key_used', { ago: <Ago key="ago" at={key.last_used_at} /> })}{' '}
        {user ? t.rich('credentials.key_breaks_for', { user: user.name }) : t('credentials.key_breaks')}
      </p>
      <p>
        {isOnly
          ? t.rich(onlyKey[type === 'machine' ? 'machine' : 'web'][left], { name })
          : t('credentials.other_keys', { count: keys.length - 1 })}
      </p>
      <p>
        {t('credentials.tokens_stay', { duration: formatDuration(intl, application.access_token_lifetime) })}
      </p>
    </ConfirmDeletion>
  );
}
