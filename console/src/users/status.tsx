import { StatusLight } from '@react-spectrum/s2/StatusLight';
import type { User } from '../api/types.ts';
import { useText } from '../intl/text.ts';

/** Whether a user can sign in. */
export function UserStatus({ user }: { user: Pick<User, 'active'> }) {
  const t = useText();
  return (
    <StatusLight variant={user.active ? 'positive' : 'neutral'}>
      {t(user.active ? 'users.active' : 'users.inactive')}
    </StatusLight>
  );
}
