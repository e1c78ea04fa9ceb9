import { type FieldError, Refusal, type RefusalCode } from '../base/refusal.ts';
import { checkName } from '../base/text.ts';
import { isEmail } from './email.ts';
import { isAcceptablePassword } from './password-rule.ts';
import { locales, roles } from './user.ts';
import { checkUserClaims } from './user-claims.ts';

/** What a stranger wrote about a user; what is undefined is not looked at. */
export interface UserFields {
  email?: string | undefined;
  name?: string | undefined;
  role?: string | undefined;
  locale?: string | null | undefined;
  password?: string | undefined;
  subject?: string | undefined;
  claims?: unknown;
}

const subjectForm = /^[A-Za-z0-9._~:@|+/=-]{1,255}$/;

/** Whether tokens may call a user so; whoever is looked for by anything else is nobody. */
export function isSubject(text: string): boolean {
  return subjectForm.test(text);
}

/**
 * Checks every field that is given.
 * @throws Refusal that names all that are wrong; its code is the first one's
 */
export function checkUserFields(fields: UserFields): void {
  const wrong: { code: RefusalCode; error: FieldError }[] = [];
  const refuse = (code: RefusalCode, path: string, message: string) =>
    wrong.push({ code, error: { path, message } });

  if (fields.email !== undefined && !isEmail(fields.email))
    refuse('invalid_email', 'email', 'must be an email address of at most 254 characters');
  if (fields.name !== undefined && checkName(fields.name) !== null)
    refuse('invalid_name', 'name', 'must have 1 to 200 characters, and no control characters');
  if (fields.role !== undefined && !(roles as readonly string[]).includes(fields.role))
    refuse('invalid_role', 'role', `must be one of ${roles.join(', ')}`);
  if (fields.locale != null && !(locales as readonly string[]).includes(fields.locale))
    refuse('invalid_locale', 'locale', `must be null or one of ${locales.join(', ')}`);
  if (fields.password !== undefined && !isAcceptablePassword(fields.password))
    refuse('weak_password', 'password', 'must have 12 to 256 characters');
  if (fields.subject !== undefined && !isSubject(fields.subject))
    refuse('invalid_subject', 'subject', 'must have 1 to 255 letters, digits and characters of ._~:@|+/=-');
  const claimsProblem = fields.claims === undefined ? null : checkUserClaims(fields.claims);
  if (claimsProblem !== null) refuse('invalid_claims', 'claims', claimsProblem);

  const [first] = wrong;
  if (!first) return;
  const errors = wrong.map(({ error }) => error);
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Refusal(first.code, detail, { errors });
}
