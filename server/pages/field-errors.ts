import type { Refusal } from '../base/refusal.ts';
import type { Translator } from './locale.ts';

/** The fields that an error names, each with what is wrong in the reader's language. */
export function fieldErrors(t: Translator, error: Refusal | undefined): Partial<Record<string, string>> {
  return Object.fromEntries(
    (error?.errors ?? []).map(({ path }) => [path, fieldError(t, path, error?.code)]),
  );
}

function fieldError(t: Translator, path: string, code: Refusal['code'] | undefined): string {
  if (path === 'email') return t(code === 'email_taken' ? 'problem.email_taken' : 'problem.invalid_email');
  if (path === 'name') return t('problem.invalid_name');
  if (path === 'password') return t('problem.weak_password');
  if (path === 'current_password') return t('problem.wrong_password');
  return t('problem.invalid_locale');
}
