import { createUser } from '../../server/accounts/users.ts';
import { system } from '../../server/model/event.ts';
import type { Person } from './browser.ts';
import type { TestApp } from './test-app.ts';

/** A user whom no other test touches. Made without the REST API, which would sign the administrator in anew. */
export async function someone(app: TestApp, role: 'administrator' | 'user' = 'user'): Promise<Person> {
  const person = {
    email: `${crypto.randomUUID()}@example.com`,
    name: 'Someone',
    password: 'once upon a midnight',
  };
  const user = await createUser(app.services, {
    instance: app.instance,
    role,
    ...person,
    actor: system,
    ip: null,
  });
  return { id: user.id, ...person };
}
