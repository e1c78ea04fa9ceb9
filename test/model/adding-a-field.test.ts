import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { applicationFieldLines, settableFieldLines } from '../../server/model/application-fields.ts';
import type { FieldLine } from '../../server/model/fields.ts';
import { instanceFieldLines, settableInstanceFieldLines } from '../../server/model/instance-fields.ts';
import { locales } from '../../server/model/user.ts';
import { FieldTree } from '../support/field-tree.ts';

// CONTRIBUTING.md names the places; here they are counted, and seen to be enough.

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const mostPlaces = 6;

type Lines = readonly FieldLine<string, never>[];
const tables: readonly { table: string; lines: Lines; settable: Lines }[] = [
  { table: 'application', lines: applicationFieldLines, settable: settableFieldLines },
  { table: 'instance', lines: instanceFieldLines, settable: settableInstanceFieldLines },
];

/** Where a field stands because of what it means, beyond the one place that a new field has for its rule. */
const rules: Record<string, readonly string[]> = {
  access_token_lifetime: [
    'console/src/applications/settings/refresh-sentences.ts',
    // APIs have one too: the shorter counts, and an example sets it.
    'server/oauth/tokens/access-token.ts',
    'docs/api.md',
  ],
  refresh_token_absolute_lifetime: [
    'server/model/authorization.ts',
    'server/store/authorizations.ts',
    'console/src/applications/settings/refresh-sentences.ts',
  ],
  refresh_token_inactivity_lifetime: [
    'server/model/authorization.ts',
    'server/store/authorizations.ts',
    'console/src/applications/settings/refresh-sentences.ts',
  ],
  jwks_uri: [
    // The two are about our own keys.
    'server/oauth/metadata.ts',
    'console/src/applications/try/tokens/check-id-token.ts',
    'server/oauth/client/assertion.ts',
    'server/registry/clients/key-sets.ts',
    'server/authorizations/liveness.ts',
    'server/model/claims.ts',
    'console/src/applications/settings/field-setting.tsx',
    'console/src/applications/credentials/keys/delete-key.tsx',
    'console/src/applications/credentials/secrets/delete-secret.tsx',
  ],
  backchannel_logout_uri: ['console/src/applications/settings/mistakes.ts'],
  developer_name: ['console/src/applications/list/order.ts'],
  // Every new instance has another; programs are shown it, and the command line prints it.
  customer_id: [
    'server/registry/instances/make.ts',
    'server/cli/instances.ts',
    'console/src/applications/connect/programs.tsx',
    'console/src/applications/connect/snippets/steps.ts',
  ],
};

const files = globSync(
  ['server/**/*.{ts,sql}', 'console/src/**/*.{ts,tsx}', 'locales/*/*.json', 'docs/{api,storage}.md'],
  { cwd: root },
).map((path) => ({ path: path.replaceAll('\\', '/'), text: read(path) }));

/** Identity providers have a `jwks_uri` of their own, and APIs an `access_token_lifetime`, each with a table of its own. */
const aboutOthers =
  /identity-provider|\/providers\/|(?:apis?|api-rules|audience|018-apis)\.(?:tsx?|sql)$|\/apis\/|locales\/[^/]+\/apis/;

/** The files that spell a field; to read its value, `application.policyUri`, is not to spell it. All languages are one place. */
function placesOf(table: string, { name, property }: { name: string; property: string }): string[] {
  const spelled = new RegExp(`(?<![.\\w$])(${name}|${property})(?!\\w)|"field\\.${table}\\.${name}"`);
  const found = files.filter(
    ({ path, text }) => !rules[name]?.includes(path) && !aboutOthers.test(path) && spelled.test(text),
  );
  return [...new Set(found.map(({ path }) => path.replace(/^locales\/[^/]+\//, 'locales/*/')))];
}

for (const { table, settable } of tables) {
  describe(`a field of the ${table}`, () => {
    // Lists have controls of their own, and a name that is a common word stands anywhere.
    const plain = settable.filter(({ name, kind }) => kind.control !== 'own' && name.includes('_'));
    for (const field of plain)
      test(`${field.name} stands in ${mostPlaces} places at most, its words included`, () => {
        const places = placesOf(table, field);
        assert.ok(places.length <= mostPlaces, `${field.name} stands in ${places.join(', ')}`);
      });
  });
}

test('a rule about a field names a file that has it', () => {
  for (const [name, paths] of Object.entries(rules)) {
    const field = tables.flatMap(({ lines }) => lines).find((line) => line.name === name);
    for (const path of paths) {
      const text = files.find((file) => file.path === path)?.text ?? '';
      assert.ok(field && [name, field.property].some((word) => text.includes(word)), `${path}: ${name}`);
    }
  }
});

test('the words of fields are those of fields that there are', () => {
  for (const key of Object.keys(JSON.parse(read('locales/en/fields.json')) as object)) {
    const [, table = '', words = ''] = /^field\.(\w+)\.(\w+)$/.exec(key) ?? [];
    const lines = tables.find((each) => each.table === table)?.lines ?? [];
    assert.ok(
      lines.some(
        ({ name }) => words === name || (words.startsWith(`${name}_`) && /_(help|wrong)/.test(words)),
      ),
      key,
    );
  }
});

describe('a field that is added in the places that CONTRIBUTING.md names', () => {
  const tree = new FieldTree();
  after(() => tree.remove());

  // One of each table, and so that nothing else of the two is alike: a text that may be absent, and a number that may not.
  tree.add(
    'server/store/migrations/900-two-fields.sql',
    `ALTER TABLE applications ADD COLUMN support_uri TEXT;
     ALTER TABLE instances ADD COLUMN trial_period INTEGER NOT NULL DEFAULT 5;`,
  );
  tree.insert('docs/storage.md', ' `policy_uri`,', ' `support_uri`,');
  tree.insert(
    'docs/storage.md',
    '| `refresh_token_grace` | seconds, 0 to 60 |',
    '\n| `trial_period` | seconds |',
  );
  tree.insert(
    'server/model/application-fields.ts',
    "description: 'The `https` or `http` URL of the privacy policy.',\n  },",
    `
  supportUri: {
    name: 'support_uri',
    types: withUsers,
    kind: webUrl,
    initial: null,
    description: 'Where users get help.',
  },`,
  );
  tree.insert(
    'server/model/instance-fields.ts',
    "description: 'How long an authorization code is valid, in seconds.',\n  },",
    `
  trialPeriod: {
    name: 'trial_period',
    kind: seconds(0, 9),
    initial: 5,
    description: 'How long a trial lasts, in seconds.',
  },`,
  );
  for (const locale of locales)
    tree.insert(
      `locales/${locale}/fields.json`,
      '{',
      `"field.application.support_uri": "Help", "field.application.support_uri_help": "Where users get help.",
       "field.instance.trial_period": "Trial", "field.instance.trial_period_help": "How long a trial lasts.",`,
    );
  tree.insert(
    'console/src/applications/settings/about.tsx',
    '<FieldSetting settings={settings} name="policy_uri" />',
    '<FieldSetting settings={settings} name="support_uri" />',
  );
  tree.insert(
    'console/src/instance/tokens.tsx',
    '<InstanceField section={section} name="authorization_code_lifetime" />',
    '<InstanceField section={section} name="trial_period" />',
  );

  test(`is in ${mostPlaces} places at most`, () => {
    // The two have their migration, their words and the page about columns in common.
    const common = ['server/store/migrations/900-two-fields.sql', 'docs/storage.md', 'locales/*/fields.json'];
    const own = [...tree.places].filter((place) => !common.includes(place));
    assert.equal(own.length % 2, 0);
    assert.ok(common.length + own.length / 2 <= mostPlaces);
  });

  test('compiles, in the console too', () => {
    assert.equal(tree.compile(), '');
  });

  test('is set, checked, shown, kept, described and audited', () => {
    const seen = tree.run<Record<string, never>>(`
      import { startApp } from './test/support/test-app.ts';
      const app = await startApp({ engine: 'sqlite' });
      const { admin } = app;
      const code = async (method, path, body) => {
        const answer = await admin.call(method, path, body);
        return [answer.status, answer.json().code, answer.json().errors];
      };
      const made = await admin.createApplication({ type: 'web', support_uri: 'https://example.com/help' });
      const machine = await admin.createApplication({ type: 'machine' });
      const path = '/applications/' + made.id;
      const wrong = await code('PATCH', path, { support_uri: 'help' });
      const foreign = await code('PATCH', '/applications/' + machine.id, { support_uri: null });
      const emptied = await admin.updateApplication(made.id, { support_uri: '' });
      const tooLong = await code('PATCH', '/instance', { trial_period: 10 });
      const before = await admin.must('GET', '/instance');
      await admin.updateInstance({ trial_period: 9 });
      const events = (await admin.must('GET', '/audit-events?limit=2')).data.map(({ detail }) => detail);
      const { components, paths } = await admin.must('GET', '/openapi.json');
      const body = (at) => at.requestBody.content['application/json'].schema.properties;
      console.log(JSON.stringify({
        made: made.support_uri, isMachines: 'support_uri' in machine, wrong, foreign, emptied: emptied.support_uri,
        tooLong, before: before.trial_period, after: (await admin.must('GET', '/instance')).trial_period, events,
        shown: components.schemas.Application.properties.support_uri,
        settable: body(paths['/api/v1/instance'].patch).trial_period,
      }));
      await app.close();
      process.exit();
    `);
    assert.deepEqual(seen, {
      made: 'https://example.com/help',
      isMachines: false,
      wrong: [
        422,
        'validation_failed',
        [{ path: 'support_uri', message: 'must be a URL that begins with https:// or http://' }],
      ],
      foreign: [422, 'not_for_type', [{ path: 'support_uri', message: 'is not for the type machine' }]],
      emptied: null,
      tooLong: [422, 'validation_failed', [{ path: 'trial_period', message: 'must be <= 9' }]],
      before: 5,
      after: 9,
      events: [
        { changed: ['trial_period'], before: { trial_period: 5 }, after: { trial_period: 9 } },
        {
          changed: ['support_uri'],
          before: { support_uri: 'https://example.com/help' },
          after: { support_uri: null },
        },
      ],
      shown: { type: ['string', 'null'], description: 'Where users get help. Not for the type `machine`.' },
      settable: {
        type: 'integer',
        minimum: 0,
        maximum: 9,
        description: 'How long a trial lasts, in seconds.',
      },
    });
  });
});
