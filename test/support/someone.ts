import { createUser } from '../../server/accounts/users.ts';
import { actOfOperator } from '../../server/model/act.ts';
import type { Person } from './browser.ts';
import type { TestApp } from './test-app.ts';

/** A user whom no other test touches. Made without the REST API, which would sign the administrator in anew. */
export async function someone(app: TestApp, role: 'administrator' | 'user' = 'user'): Promise<Person> {
  const person = {
    email: `${crypto.randomUUID()}@example.com`,
    name: 'Someone',
    password: 'once upon a midnight',
  };
  const user = await createUser(app.services, actOfOperator(app.instance), {
    role,
    ...person,
  });
  return { id: user.id, ...person };
}
