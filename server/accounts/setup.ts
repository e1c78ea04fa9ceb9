import { randomToken, sha256 } from '../base/master-secret.ts';
import { instanceUrl } from '../base/paths.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import { writeKnownBrowser } from '../limits/known-browser.ts';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import type { User } from '../model/user.ts';
import { lockInstance } from '../store/instances.ts';
import { isSetupLink, replaceSetupLink, spendSetupLink } from '../store/setup-links.ts';
import { countUsers, noteSignIn } from '../store/users.ts';
import { startSession } from './sessions.ts';
import { addUser, prepareUser, translateTaken } from './users.ts';

/**
 * Makes the link by which the first administrator of an instance enters. An earlier link is dead from now on.
 * @returns the URL, whose token is kept nowhere else
 */
export async function makeSetupLink(core: Core, instance: Instance): Promise<string> {
  const token = randomToken();
  await replaceSetupLink(core.db, instance.id, sha256(token), core.clock());
  return instanceUrl(instance, `/setup?token=${token}`);
}

/** Whether the link leads anywhere: it is the newest one, unused, and the instance has no user. */
export async function isSetupLinkAlive(core: Core, instance: Instance, token: string): Promise<boolean> {
  if (!(await isSetupLink(core.db, instance.id, sha256(token)))) return false;
  return (await countUsers(core.db, instance.id)) === 0;
}

/**
 * Creates the first administrator and signs them in; the link is spent with it, or nothing happens.
 * @returns the values of both cookies, or null when the link is dead
 * @throws Refusal `invalid_email`, `invalid_name`, `weak_password`
 */
export async function setUp(
  core: Core,
  wish: {
    instance: Instance;
    token: string;
    email: string;
    name: string;
    password: string;
    ip: string;
    userAgent: string;
    /** The cookie by which a browser is known in which somebody signed in before. */
    knownBrowser: string | undefined;
  },
): Promise<{ user: User; sessionToken: string; knownBrowser: string } | null> {
  const { instance, token, email, name, password, ip, userAgent } = wish;
  if (!(await isSetupLinkAlive(core, instance, token))) return null;
  const prepared = await prepareUser(core.clock, {
    instance,
    email,
    name,
    role: 'administrator',
    password,
  });
  const now = prepared.user.createdAt;
  return core.db
    .transaction(async (tx) => {
      // Users may come by the command line at the same moment.
      await lockInstance(tx, instance.id);
      if (!(await spendSetupLink(tx, instance.id, sha256(token)))) return null;
      if ((await countUsers(tx, instance.id)) > 0) return null;
      const user = await addUser(tx, prepared.user, prepared.passwordHash, { actor: system, ip });
      await noteSignIn(tx, instance.id, user.id, prepared.passwordHash, now);
      const sessionToken = await startSession(tx, now, { user, ip, userAgent });
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'login.succeeded',
        actor: { type: 'user', id: user.id },
        userId: user.id,
        ip,
      });
      const knownBrowser = writeKnownBrowser(core.secret, user, wish.knownBrowser);
      return { user, sessionToken, knownBrowser };
    })
    .catch(translateTaken);
}
