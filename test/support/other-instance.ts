import { createUser } from '../../server/accounts/users.ts';
import { actOfOperator } from '../../server/model/act.ts';
import type { Instance } from '../../server/model/instance.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import { Admin } from './admin.ts';
import type { Person } from './browser.ts';
import type { TestApp } from './test-app.ts';

/** Another instance in the same server, under another name of this machine, with an administrator of its own. */
export async function otherInstance(
  app: TestApp,
): Promise<{ instance: Instance; administrator: Person; admin: Admin }> {
  const { services } = app;
  const target = { url: `http://127.0.0.1:${app.port}`, port: app.port };
  const instance = await services.db.transaction((tx) =>
    makeInstance(tx, services.signingKeys, services.clock(), {
      handle: 'other',
      name: 'Other',
      url: target.url,
    }),
  );
  const person = { email: 'admin@example.com', name: 'Other', password: 'the other administrator' };
  const { id } = await createUser(services, actOfOperator(instance), { role: 'administrator', ...person });
  const administrator = { id, ...person };
  return { instance, administrator, admin: new Admin(target, administrator) };
}
