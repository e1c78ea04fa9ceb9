import { Link } from 'react-router';
import { useMe } from '../../../api/me.ts';
import { useUser } from '../../../api/users.ts';
import { useText } from '../../../intl/text.ts';

/**
 * A user by name, as a link to their page.
 * @param id null: nobody did it, but the command line
 * @param isPlain without the link, where it would lead away from something that is lost then
 */
export function UserName({ id, isPlain = false }: { id: string | null; isPlain?: boolean }) {
  const t = useText();
  const me = useMe();
  const { data: user, error } = useUser(id);
  if (id === null) return t('credentials.command_line');
  if (error) return <code>{id}</code>;
  if (!user) return '…';
  const named = id === me.id ? t('credentials.you', { name: user.name }) : user.name;
  const name = user.active ? named : t('credentials.deactivated', { name: named });
  return isPlain ? name : <Link to={`/users/${id}`}>{name}</Link>;
}
