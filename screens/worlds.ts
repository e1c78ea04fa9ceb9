import { generateKeyPairSync } from 'node:crypto';
import sharp from 'sharp';
import { createUser } from '../server/accounts/users.ts';
import { DAY, HOUR, MINUTE } from '../server/base/units.ts';
import { actOfOperator } from '../server/model/act.ts';
import { makeInstance } from '../server/registry/instances/make.ts';
import type { Services } from '../server/services.ts';
import { Admin, type ApplicationView } from '../test/support/admin.ts';
import { Browser, type Person } from '../test/support/browser.ts';
import { send, type Target } from '../test/support/http.ts';
import { OAuthClient, type Tokens } from '../test/support/oauth-client.ts';
import { addApis } from './apis.ts';
import { addProviders } from './providers.ts';

/** A made-up instance. */
export interface World {
  readonly target: Target;
  readonly administrator: Person;
  /** Somebody who connected applications. */
  readonly user: Person;
  /** Somebody who connected none. */
  readonly newcomer: Person;
  /** By a short name that the catalog uses. */
  readonly applications: Readonly<Record<string, ApplicationView>>;
  /** The identity providers: their IDs, by type. */
  readonly providers: Readonly<Record<string, string>>;
  /** The APIs besides the default one: their IDs, by a short name. */
  readonly apis: Readonly<Record<string, string>>;
}

/** Moves the server's clock; everything is made up to have happened before the present. */
export interface Past {
  advance(milliseconds: number): void;
}

const password = 'a made-up pass phrase';
const names = [
  'Noor Haddad',
  'Émile Laurent',
  'Astrid Sjöberg',
  '王 芳',
  'Priya Raman',
  'Tomás Ferreira',
  'Ingrid Åkesson',
  'Kofi Mensah',
  'Jean-Baptiste de la Tour-Maubourg',
  'Mei Chen',
  'Lukas Novák',
];

/** The worlds by name, at host names below `localhost` on that port. */
export async function makeWorlds(
  services: Services,
  past: Past,
  port: number,
): Promise<Record<'busy' | 'empty' | 'full', World>> {
  const found = async (handle: string, name: string) => {
    const url = `http://${handle}.localhost:${port}`;
    const instance = await services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { handle, name, url }),
    );
    const person = async (personName: string, email: string, role: 'administrator' | 'user') => {
      const fields = { role, email, name: personName, password };
      const { id } = await createUser(services, actOfOperator(instance), fields);
      return { id: id as string, email, name: personName, password };
    };
    const target = { url, port };
    const administrator = await person('Alex Marchetti', 'alex@example.com', 'administrator');
    const user = await person('Robin Sparrow', 'robin@example.com', 'user');
    const newcomer = await person('Sam Okafor', 'sam@example.com', 'user');
    return { target, instance, administrator, user, newcomer, person };
  };

  const busy = await found('busy', 'Northwind Traders');
  const empty = await found('empty', 'Fabrikam');
  const full = await found(
    'full',
    'Contoso Works International Logistics, Facilities and Customer Services, formerly Fabrikam and Sons',
  );
  return {
    busy: { ...busy, applications: await keepBusy(busy, past), providers: {}, apis: {} },
    empty: { ...empty, applications: {}, providers: {}, apis: {} },
    full: {
      ...full,
      applications: await fill(full),
      providers: await addProviders(services, full),
      apis: await addApis(full),
    },
  };
}

interface Begun {
  readonly target: Target;
  readonly administrator: Person;
  readonly user: Person;
  person(name: string, email: string, role: 'administrator' | 'user'): Promise<Person>;
}

async function keepBusy(world: Begun, past: Past): Promise<Record<string, ApplicationView>> {
  const { target } = world;
  const admin = new Admin(target, world.administrator);
  const people: Person[] = [];
  for (const [index, name] of names.entries()) {
    people.push(
      await world.person(name, `person${index + 1}@example.com`, index === 4 ? 'administrator' : 'user'),
    );
    past.advance(3 * HOUR);
  }

  const web = await admin.createApplication({
    type: 'web',
    name: 'Workfront for ClientApp',
    description:
      'Brings tasks and their due dates from Workfront into ClientApp, and sends finished work back.',
    redirect_uris: [
      'https://clientapp.example/oauth/callback',
      'https://staging.clientapp.example/oauth/callback',
    ],
    client_uri: 'https://clientapp.example/about',
    policy_uri: 'https://clientapp.example/privacy',
    developer_name: 'ClientApp Ltd',
    developer_email: 'integrations@clientapp.example',
    can_introspect: true,
    post_logout_redirect_uris: [
      'https://clientapp.example/signed-out',
      'https://staging.clientapp.example/signed-out',
    ],
    backchannel_logout_uri: 'https://clientapp.example/oauth/backchannel-logout',
  });
  await admin.call('PUT', `/applications/${web.id}/logo`, await logo('#1d4ed8', '#93c5fd'), {
    'content-type': 'image/png',
  });
  past.advance(2 * DAY);
  const spa = await admin.createApplication({
    type: 'spa',
    name: 'Timesheet',
    description: 'Time tracking on phones.',
    redirect_uris: [
      'https://timesheet.example/',
      'com.example.timesheet:/signed-in',
      'http://127.0.0.1/callback',
    ],
    developer_name: 'Ferreira & Novák',
    refresh_token_absolute_lifetime: 31536000,
    refresh_token_inactivity_lifetime: 7776000,
  });
  await admin.call('PUT', `/applications/${spa.id}/logo`, await logo('#be185d', '#fbcfe8'), {
    'content-type': 'image/png',
  });
  past.advance(5 * DAY);
  const machine = await admin.createApplication({
    type: 'machine',
    name: 'Nightly export',
    description: 'Copies finished projects into the data warehouse every night.',
  });
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await admin.addPublicKey(machine.id, pem, world.user.id);
  await admin.must('POST', `/applications/${machine.id}/secrets`);
  const fusion = await admin.createApplication({
    type: 'web',
    name: 'Workfront Fusion',
    redirect_uris: ['https://app.workfrontfusion.com/oauth/cb/workfront-workfront'],
  });
  const off = await admin.createApplication({
    type: 'web',
    name: 'Legacy reporting with a name that is rather longer than most names of applications',
    redirect_uris: ['https://reports.example/cb'],
  });
  const unused = await admin.createApplication({
    type: 'spa',
    name: 'Kanban prototype',
    redirect_uris: ['http://localhost:5173/'],
  });

  const kept: { client: OAuthClient; tokens: Tokens & { refresh_token: string } }[] = [];
  for (const [index, person] of [world.user, ...people].entries()) {
    past.advance(4 * DAY + index * HOUR);
    for (const application of index % 3 === 0 ? [web, spa, fusion] : index % 3 === 1 ? [web] : [spa, off]) {
      const client = new OAuthClient(target, application);
      kept.push({ client, tokens: await client.authorize(new Browser(target), person) });
      past.advance(7 * MINUTE);
    }
  }
  past.advance(9 * DAY);
  const session = new Browser(target);
  await session.signIn({ ...world.user, password: 'not this one' });
  await session.signIn(world.user);
  for (const { client, tokens } of kept.slice(0, 9)) {
    past.advance(3 * HOUR);
    const { refresh_token: next } = await client.refreshTokens(tokens.refresh_token);
    if (client === kept[4]?.client) await client.revoke(next);
  }
  await admin.must('PATCH', `/users/${people[7]?.id}`, { active: false });
  await admin.updateApplication(off.id, { enabled: false });
  // A copy of a refresh token turns up.
  const robbed = kept[1];
  if (robbed) {
    past.advance(1 * DAY);
    await robbed.client.refresh(robbed.tokens.refresh_token);
  }
  for (let night = 0; night < 3; night += 1) {
    past.advance(1 * DAY);
    await send(target, '/oauth2/token', {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
      }),
    });
  }
  return { web, spa, machine, fusion, off, unused };
}

async function fill({ target, administrator }: Begun): Promise<Record<string, ApplicationView>> {
  const admin = new Admin(target, administrator);
  const made: Record<string, ApplicationView> = {};
  for (let index = 1; index <= 10; index += 1) {
    const type = (['web', 'spa', 'machine'] as const)[index % 3] ?? 'web';
    made[`number${index}`] = await admin.createApplication({ type, name: `Integration ${index}` });
  }
  return made;
}

/** A made-up logo: a round thing on a square. */
async function logo(background: string, foreground: string): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" rx="56" fill="${background}"/><circle cx="104" cy="128" r="56" fill="${foreground}"/><circle cx="160" cy="128" r="56" fill="${foreground}" fill-opacity="0.55"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
