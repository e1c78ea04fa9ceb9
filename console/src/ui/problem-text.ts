import { Problem } from '../api/problem.ts';
import type { Text } from '../intl/text.ts';
import { isProblemCode, problemMessages } from './problem-messages.ts';

/** A failure in the user's words: by its code where there is a message for it, else what the server said. */
export function problemText(t: Text, error: unknown): string {
  if (!(error instanceof Problem)) return t('problems.unexpected');
  if (isProblemCode(error.code)) return t(problemMessages[error.code]);
  return error.status >= 500 ? t('problems.unexpected') : error.message;
}
