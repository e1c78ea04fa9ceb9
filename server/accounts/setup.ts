import { randomToken, sha256 } from '../master-secret.ts';
import { type Instance, instanceUrl } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { recordAuditEvent, system } from '../store/audit-events.ts';
import { lockInstance } from '../store/instances.ts';
import { isSetupLink, replaceSetupLink, spendSetupLink } from '../store/setup-links.ts';
import { countUsers, noteSignIn } from '../store/users.ts';
import { writeKnownBrowser } from './known-browser.ts';
import { startSession } from './sessions.ts';
import type { User } from './user.ts';
import { addUser, prepareUser, translateTaken } from './users.ts';

/**
 * Makes the link by which the first administrator of an instance enters. An earlier link is dead from now on.
 * @returns the URL, whose token is kept nowhere else
 */
export async function makeSetupLink(services: Services, instance: Instance): Promise<string> {
  const token = randomToken();
  await replaceSetupLink(services.db, instance.id, sha256(token), services.clock());
  return instanceUrl(instance, `/setup?token=${token}`);
}

/** Whether the link leads anywhere: it is the newest one, unused, and the instance has no user. */
export async function isSetupLinkAlive(
  services: Services,
  instance: Instance,
  token: string,
): Promise<boolean> {
  if (!(await isSetupLink(services.db, instance.id, sha256(token)))) return false;
  return (await countUsers(services.db, instance.id)) === 0;
}

/**
 * Creates the first administrator and signs them in; the link is spent with it, or nothing happens.
 * @returns the values of both cookies, or null when the link is dead
 * @throws AccountError `invalid_email`, `invalid_name`, `weak_password`
 */
export async function setUp(
  services: Services,
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
  if (!(await isSetupLinkAlive(services, instance, token))) return null;
  const prepared = await prepareUser(services.clock, {
    instance,
    email,
    name,
    role: 'administrator',
    password,
  });
  const now = prepared.user.createdAt;
  return services.db
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
      const knownBrowser = writeKnownBrowser(services.secret, user, wish.knownBrowser);
      return { user, sessionToken, knownBrowser };
    })
    .catch(translateTaken);
}
