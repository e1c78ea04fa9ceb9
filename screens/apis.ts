import { maxApis, maxScopesOfApi } from '../server/model/api.ts';
import { Admin } from '../test/support/admin.ts';
import type { Person } from '../test/support/browser.ts';
import type { Target } from '../test/support/http.ts';

/** As many APIs as there may be, one of them with as many scopes. */
export async function addApis(world: {
  readonly target: Target;
  readonly administrator: Person;
}): Promise<Record<string, string>> {
  const admin = new Admin(world.target, world.administrator);
  const add = async (identifier: string, name: string, scopes: object[], more: object = {}) =>
    (await admin.must<{ id: string }>('POST', '/apis', { identifier, name, scopes, ...more })).id;
  const crowded = await add(
    'https://orders.contoso-works-international-logistics.example/api/v2',
    'Orders, deliveries and complaints of all regions',
    Array.from({ length: maxScopesOfApi }, (_, index) => ({
      name: `orders:${index}:read`,
      description: `See what customers ordered in region ${index}, what it cost and where it is now`,
      descriptions: { fr: 'Voir les commandes', sv: 'Se beställningar', 'zh-Hans': '查看订单' },
      default: index === 0,
      claims: index % 4 === 0 ? ['region', 'cost_center'] : [],
    })),
    { access_token_lifetime: 600 },
  );
  const old = await add('urn:contoso:ledger', 'Ledger', [{ name: 'ledger', description: 'Read the books' }], {
    signing_alg: 'RS256',
    token_typ: 'JWT',
  });
  const empty = await add('urn:contoso:empty', 'Warehouse', []);
  for (let index = 4; index < maxApis; index += 1)
    await add(`https://api${index}.contoso.example`, `Internal API ${index}`, [
      { name: `internal${index}`, description: 'Use it' },
    ]);
  const { data } = await admin.must<{ data: { id: string; name: string }[] }>('GET', '/applications');
  const first = data.find(({ name }) => name === 'Integration 1');
  await admin.updateApplication(first?.id ?? '', {
    scopes: ['openid', 'api', 'orders:0:read', 'ledger', 'offline_access'],
  });
  return { crowded, old, empty };
}
