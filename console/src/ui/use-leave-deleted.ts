import { useNavigate } from 'react-router';
import { useText } from '../intl/text.ts';
import { showDone } from './toasts.ts';

/**
 * Says that something is deleted, and goes from its screen to the list where it was.
 * @param list that list's path
 */
export function useLeaveDeleted(name: string, list: string): () => Promise<void> | void {
  const t = useText();
  const navigate = useNavigate();
  return () => {
    showDone(t('settings.deleted', { name }));
    return navigate(list, { state: { isDeleted: true } });
  };
}
