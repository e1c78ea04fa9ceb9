import { ActionButton } from '@react-spectrum/s2/ActionButton';
import UnLinkIcon from '@react-spectrum/s2/icons/UnLink';
import { Link } from '@react-spectrum/s2/Link';
import { Text } from '@react-spectrum/s2/Text';
import { useIdentityProviders } from '../api/identity-providers.ts';
import type { Identity, User } from '../api/types.ts';
import { useUnlinkIdentity } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { Ago, Day } from '../intl/time.tsx';
import { Confirmed } from '../ui/confirmed.tsx';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { showDone, showProblem } from '../ui/toasts.ts';

/** What identity providers call a user, each to unlink. */
export function UserIdentities({ user }: { user: User }) {
  const t = useText();
  const { name, identities } = user;
  const none = user.has_password ? 'users.identities_none' : 'users.identities_none_no_password';
  return (
    <Section title={t('users.identities')} description={t('users.identities_about', { name })}>
      {identities.length === 0 ? (
        <p className={parts['hint']}>{t(none, { name })}</p>
      ) : (
        <ul className={parts['items']} aria-label={t('users.identities')}>
          {identities.map((identity) => (
            <IdentityItem key={identity.id} user={user} identity={identity} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function IdentityItem({ user, identity }: { user: User; identity: Identity }) {
  const t = useText();
  const { data: providers } = useIdentityProviders();
  const unlink = useUnlinkIdentity(user.id);
  const { subject, provider_id: providerId } = identity;
  const provider = providers?.find(({ id }) => id === providerId)?.name ?? t('users.identity_provider');
  const confirm = () =>
    unlink.mutate(identity.id, {
      onError: showProblem(t),
      onSuccess: () => showDone(t('users.identity_unlinked', { provider })),
    });
  return (
    <li>
      <span>
        <Link href={`/identity-providers/${providerId}`}>{provider}</Link>
        <code>{subject}</code>
        <span className={parts['hint']}>
          {t.rich('users.identity_facts', {
            day: <Day key="day" at={identity.created_at} />,
            used:
              identity.last_used_at === null ? (
                t('users.never')
              ) : (
                <Ago key="used" at={identity.last_used_at} />
              ),
          })}
        </span>
      </span>
      <Confirmed
        button={
          <ActionButton
            isQuiet
            isPending={unlink.isPending}
            aria-label={t('users.identity_unlink_named', { subject, provider })}
          >
            <UnLinkIcon />
            <Text>{t('users.identity_unlink')}</Text>
          </ActionButton>
        }
        title={t('users.identity_unlink_title', { provider })}
        act={t('users.identity_unlink')}
        onConfirm={confirm}
      >
        {t('users.identity_unlink_text', { name: user.name, provider })}
      </Confirmed>
    </li>
  );
}
