import { checkName } from '../../../server/base/text.ts';
import { isEmail } from '../../../server/model/email.ts';
import { isAcceptablePassword } from '../../../server/model/password-rule.ts';
import { isSubject } from '../../../server/model/user-rules.ts';
import { Problem } from '../api/problem.ts';
import type { Text } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';

/** What is wrong with the fields of a user, by field, in words. */
export type Mistakes = Partial<Record<'email' | 'name' | 'password' | 'role' | 'subject' | 'claims', string>>;

/** What the server would refuse of these fields, by its own rules. */
export function findMistakes(
  t: Text,
  fields: { email?: string; name?: string; password?: string; subject?: string },
): Mistakes {
  const { email, name, password, subject } = fields;
  const mistakes: Mistakes = {};
  if (email !== undefined && !isEmail(email.trim())) mistakes.email = t('problems.invalid_email');
  if (name !== undefined && checkName(name.trim()) !== null) mistakes.name = t('problems.invalid_name');
  if (password !== undefined && !isAcceptablePassword(password))
    mistakes.password = t('problems.weak_password');
  if (subject !== undefined && !isSubject(subject.trim())) mistakes.subject = t('problems.invalid_subject');
  return mistakes;
}

const fieldOfCode: Record<string, keyof Mistakes> = {
  invalid_email: 'email',
  email_taken: 'email',
  invalid_name: 'name',
  weak_password: 'password',
  invalid_subject: 'subject',
  subject_taken: 'subject',
  invalid_claims: 'claims',
  invalid_role: 'role',
  last_administrator: 'role',
};

/** The server's refusal at the field that it is about; empty when it is about none. */
export function mistakesOf(t: Text, error: unknown): Mistakes {
  const field = error instanceof Problem ? fieldOfCode[error.code] : undefined;
  return field ? { [field]: problemText(t, error) } : {};
}
