import { parseId } from '../../base/ids.ts';
import { checkLine } from '../../base/text.ts';
import { emailKey } from '../../model/email.ts';
import type { ScimUser } from '../../model/scim-user.ts';
import type { Reader } from '../../store/engine/database.ts';
import { countScimUsers, findScimUsers, listScimUsers, type ScimKey } from '../../store/scim-users.ts';
import { ScimError } from './error.ts';
import { type Filter, matches, type Path } from './filter.ts';
import { resourceOf } from './mapping.ts';
import type { Resource } from './resource.ts';
import type { ScimClient } from './whose.ts';

/** Which users a client asks for. */
export interface ListRequest {
  readonly filter: Filter | null;
  /** The first of the page, from 1. */
  readonly startIndex: number;
  readonly count: number;
}

/** A part of a list (RFC 7644 3.4.2). */
export interface ListPart {
  readonly total: number;
  readonly startIndex: number;
  readonly users: readonly ScimUser[];
}

/** Users in one answer. */
export const mostListed = 200;

/**
 * The users whom a client manages, oldest first. A filter has to say by `eq` which user is meant, so that an index finds them; whether the
 * rest of it is so is looked at afterwards. `active` alone is the exception: it chooses a part of the whole list.
 * @throws ScimError `invalidFilter` for a filter that would have to look at every user
 */
export async function listManagedUsers(
  db: Reader,
  { act, providerId }: ScimClient,
  request: ListRequest,
): Promise<ListPart> {
  const { instanceId } = act;
  const { filter } = request;
  const startIndex = Math.max(1, request.startIndex);
  const count = Math.min(Math.max(0, request.count), mostListed);
  const active = filter ? activeOf(filter) : undefined;
  if (filter && active === undefined) {
    const key = keyOf(filter);
    const found = key === 'nobody' ? [] : await findScimUsers(db, instanceId, providerId, key);
    const users = found.filter((each) => each.deletedAt === null && matches(filter, comparable(each)));
    return { total: users.length, startIndex, users: users.slice(startIndex - 1, startIndex - 1 + count) };
  }
  const [total, users] = await Promise.all([
    countScimUsers(db, instanceId, providerId, active),
    count === 0 ? [] : listScimUsers(db, instanceId, providerId, active, startIndex - 1, count),
  ]);
  return { total, startIndex, users };
}

/** What filters are about: also the ID, and the address of a user whose userName is it. */
function comparable(scimUser: ScimUser): Resource {
  const { id, email } = scimUser.user;
  return { id, emails: [{ value: email, primary: true }], ...resourceOf(scimUser) };
}

/** What a filter says that is about nothing but `active`. */
function activeOf(filter: Filter): boolean | undefined {
  if (filter.is !== 'eq' || nameOf(filter.path) !== 'active') return undefined;
  const said = String(filter.operand).toLowerCase();
  return said === 'true' ? true : said === 'false' ? false : undefined;
}

/** By what index the users are found who may be meant; nobody is where a key could not be one. */
function keyOf(filter: Filter): ScimKey | 'nobody' {
  for (const part of filter.is === 'and' ? filter.parts : [filter]) {
    if (part.is !== 'eq' || typeof part.operand !== 'string') continue;
    const { operand } = part;
    const key = keyFor(nameOf(part.path), operand);
    if (key) return checkLine(operand, 1000) === null ? key() : 'nobody';
  }
  throw new ScimError(
    400,
    'invalidFilter',
    'A filter must name id, userName, externalId or emails.value with eq, alone or with and; or active alone.',
  );
}

function keyFor(name: string, operand: string): (() => ScimKey | 'nobody') | undefined {
  switch (name) {
    case 'id': {
      const id = parseId(operand);
      return () => (id ? { by: 'id', id } : 'nobody');
    }
    case 'userName':
      return () => ({ by: 'userName', userName: operand });
    case 'externalId':
      return () => ({ by: 'externalId', externalId: operand });
    case 'emails':
    case 'emails.value':
      return () => ({ by: 'email', emailKey: emailKey(operand) });
    default:
      return undefined;
  }
}

function nameOf({ isEnterprise, attribute, sub }: Path): string {
  return isEnterprise || !attribute ? '' : [attribute.name, ...(sub ? [sub.name] : [])].join('.');
}
