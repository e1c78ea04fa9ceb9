import { randomToken, sha256 } from '../base/master-secret.ts';
import { instanceUrl } from '../base/paths.ts';
import type { Core } from '../core.ts';
import { byPassword } from '../model/authentication.ts';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import { lockInstance } from '../store/instances.ts';
import { isSetupLink, replaceSetupLink, spendSetupLink } from '../store/setup-links.ts';
import { countUsers, noteSignIn } from '../store/users.ts';
import { finishSignIn, type SignedIn, type SignInPlace } from './sign-in/finish.ts';
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
 * @returns null when the link is dead
 * @throws Refusal `invalid_email`, `invalid_name`, `weak_password`
 */
export async function setUp(
  core: Core,
  {
    instance,
    token,
    email,
    name,
    password,
    place,
  }: { instance: Instance; token: string; email: string; name: string; password: string; place: SignInPlace },
): Promise<SignedIn | null> {
  if (!(await isSetupLinkAlive(core, instance, token))) return null;
  const prepared = await prepareUser(core.clock, instance, { email, name, role: 'administrator', password });
  const now = prepared.user.createdAt;
  return core.db
    .transaction(async (tx) => {
      // Users may come by the command line at the same moment.
      await lockInstance(tx, instance.id);
      if (!(await spendSetupLink(tx, instance.id, sha256(token)))) return null;
      if ((await countUsers(tx, instance.id)) > 0) return null;
      const user = await addUser(tx, prepared.user, prepared.passwordHash, {
        instanceId: instance.id,
        actor: system,
        ip: place.ip,
      });
      await noteSignIn(tx, instance.id, user.id, prepared.passwordHash, now);
      return finishSignIn(tx, core, now, {
        user,
        passwordHash: prepared.passwordHash,
        authentications: [byPassword(now)],
        place,
      });
    })
    .catch(translateTaken);
}
