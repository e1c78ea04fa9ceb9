import type { Text } from '../intl/text.ts';
import { showFailure } from './toasts.ts';

/**
 * Copies a text to the clipboard. Says so when the browser refuses: whoever believes it copied would lose it.
 * @returns whether it was copied
 */
export async function copyText(t: Text, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    showFailure(t('shell.not_copied'));
    return false;
  }
}
