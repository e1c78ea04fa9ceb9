import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import type { User } from '../api/types.ts';
import { useUsers } from '../api/users.ts';
import { useText } from '../intl/text.ts';

/** What to know before changing this user: that it is oneself, or the last who can administer. */
export function UserHints({ user, isSelf }: { user: User; isSelf: boolean }) {
  const t = useText();
  const isLast = useIsLastAdministrator(user);
  if (isLast)
    return (
      <InlineAlert variant="informative">
        <Heading>{t('users.last_title')}</Heading>
        <Content>{t('users.last_text', { name: user.name })}</Content>
      </InlineAlert>
    );
  if (!isSelf) return null;
  return (
    <InlineAlert variant="informative">
      <Heading>{t('users.own_title')}</Heading>
      <Content>{t('users.own_text')}</Content>
    </InlineAlert>
  );
}

function useIsLastAdministrator(user: User): boolean {
  const { data } = useUsers({ role: 'administrator', active: 'true' });
  const administrators = data?.pages[0]?.data ?? [];
  return administrators.length === 1 && administrators[0]?.id === user.id;
}
