import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ScimError } from '../../server/accounts/scim/error.ts';
import { matches, parseFilter, parsePath } from '../../server/accounts/scim/filter.ts';
import { applyOperations, readOperations } from '../../server/accounts/scim/patch.ts';
import { readProjection } from '../../server/accounts/scim/projection.ts';
import { isObject, type Resource, readResource, valuesOf } from '../../server/accounts/scim/resource.ts';
import { coreAttributes, findAttribute, userAttributes } from '../../server/accounts/scim/schema.ts';
import { runs } from '../support/property-runs.ts';

// What reads the texts and bodies of SCIM, without a server.

const ada: Resource = readResource({
  userName: 'Ada',
  active: true,
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [
    { value: 'Ada@Work.example.com', type: 'work', primary: true },
    { value: 'ada@home.example.com', type: 'home' },
  ],
  externalId: 'Case',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
    department: 'Math',
    manager: { value: '7' },
  },
});

describe('a filter', () => {
  for (const [filter, expected] of [
    ['userName eq "ada"', true],
    ['userName ne "ada"', false],
    ['USERNAME Eq "ADA"', true],
    ['externalId eq "case"', false],
    ['userName co "d"', true],
    ['userName sw "ad" and userName ew "DA"', true],
    ['userName gt "aaa" and userName lt "b" and userName ge "ada" and userName le "ada"', true],
    ['title pr', false],
    ['name pr and name.givenName pr', true],
    ['title eq null', true],
    ['userName eq null', false],
    ['title ne "x"', true],
    ['active eq true', true],
    ['active eq "True"', true],
    ['active ne false', true],
    ['userName eq true', false],
    ['emails eq "ada@home.example.com"', true],
    ['emails.type eq "home"', true],
    ['emails[type eq "work"]', true],
    ['emails[type eq "other"]', false],
    ['emails[type eq "home" and primary eq true]', false],
    ['emails[type eq "work" and value co "@work"].value ew ".COM"', true],
    ['emails[not (type eq "work")].value eq "ada@home.example.com"', true],
    // `and` binds more tightly than `or`, and `not` takes brackets.
    ['userName eq "x" and userName eq "x" or active eq true', true],
    ['active eq true or userName eq "x" and userName eq "x"', true],
    ['(active eq true or userName eq "x") and userName eq "x"', false],
    ['not (userName eq "x") and active eq true', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "math"', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "7"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:User:name.familyName eq "lovelace"', true],
    ['userName eq "\\u0041da"', true],
  ] as const)
    test(`${filter} is ${expected} of Ada`, () => {
      assert.equal(matches(parseFilter(filter), ada), expected);
    });
});

describe('a PATCH', () => {
  const patch = (...operations: object[]) => applyOperations(ada, readOperations({ Operations: operations }));

  test('leaves what it was made from as it was', () => {
    const before = structuredClone(ada);
    patch(
      { op: 'add', path: 'emails[type eq "work"].value', value: 'x@example.com' },
      { op: 'remove', path: 'name.givenName' },
      {
        op: 'add',
        value: { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { division: 'D' } },
      },
    );
    assert.deepEqual(ada, before);
  });

  test('adds to several values, replaces all of them, and removes those that are meant', () => {
    const other = { value: 'other@example.com', type: 'other' };
    assert.equal(valuesOf(patch({ op: 'add', path: 'emails', value: other })['emails']).length, 3);
    assert.equal(valuesOf(patch({ op: 'add', path: 'emails', value: [other, other] })['emails']).length, 4);
    assert.deepEqual(patch({ op: 'replace', path: 'emails', value: [other] })['emails'], [other]);
    assert.deepEqual(valuesOf(patch({ op: 'remove', path: 'emails[type eq "work"]' })['emails']), [
      { value: 'ada@home.example.com', type: 'home' },
    ]);
    assert.equal(patch({ op: 'remove', path: 'emails' })['emails'], undefined);
    assert.equal(patch({ op: 'remove', path: 'emails[value pr]' })['emails'], undefined);
  });

  test('merges into a value that has parts, and takes parts away one by one', () => {
    const merged = { givenName: 'Ada', familyName: 'King' };
    for (const op of ['add', 'replace'])
      assert.deepEqual(patch({ op, path: 'name', value: { familyName: 'King' } })['name'], merged);
    assert.deepEqual(patch({ op: 'replace', value: { NAME: { FAMILYNAME: 'King' } } })['name'], merged);
    assert.equal(
      patch({ op: 'remove', path: 'name.givenName' }, { op: 'remove', path: 'name.familyName' })['name'],
      undefined,
    );
    assert.equal(patch({ op: 'replace', path: 'title', value: null })['title'], undefined);
    assert.equal(patch({ op: 'replace', path: 'emails', value: [] })['emails'], undefined);
  });

  test('has one primary value afterwards, the one that was just said to be', () => {
    const primaries = (changed: Resource) =>
      valuesOf(changed['emails'])
        .filter(({ primary }) => primary === true)
        .map(({ type }) => type);
    assert.deepEqual(primaries(patch({ op: 'add', path: 'emails[type eq "home"].primary', value: true })), [
      'home',
    ]);
    assert.deepEqual(
      primaries(
        patch({ op: 'add', path: 'emails', value: { value: 'n@example.com', type: 'new', primary: true } }),
      ),
      ['new'],
    );
    assert.deepEqual(
      primaries(
        readResource({
          emails: [
            { type: 'a', primary: true },
            { type: 'b', primary: true },
          ],
        }),
      ),
      ['a'],
    );
  });
});

describe('whatever is sent', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          'userName',
          'emails',
          'name',
          'active',
          '.value',
          '.type',
          '[',
          ']',
          '(',
          ')',
          ' ',
          ' eq ',
          ' and ',
          ' or ',
          'not ',
          '"x"',
          'true',
          '"',
          '\\',
          'urn:ietf:params:scim:schemas:core:2.0:User:',
          'pr',
          '__proto__',
          '\u0000',
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  );
  const refusesOnly = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof ScimError, String(error));
      assert.ok(error.status >= 400 && error.status < 500);
    }
  };

  test('as a filter, a path or names of attributes is read or refused', () => {
    fc.assert(
      fc.property(text, (given) => {
        refusesOnly(() => matches(parseFilter(given), ada));
        refusesOnly(() => parsePath(given));
        refusesOnly(() => readProjection(given, undefined));
      }),
      runs(500),
    );
  });

  const name = fc.constantFrom(
    ...userAttributes.map((each) => each.name),
    ...coreAttributes.flatMap((each) => each.subAttributes.map((sub) => `${each.name}.${sub.name}`)),
    'value',
    'type',
    '__proto__',
    'id',
    'nothing',
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false, 0, 'x', 'True', '', 'a@example.com'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  /** Nothing but what the schema has, in its form. */
  function hasForm(resource: Resource): void {
    for (const [each, value] of Object.entries(resource)) {
      const attribute = findAttribute(each);
      assert.equal(attribute?.name, each);
      assert.equal(Array.isArray(value), attribute?.multiValued, each);
      for (const one of Array.isArray(value) ? value : [value]) {
        const isRight: boolean =
          attribute?.type === 'complex'
            ? isObject(one)
            : typeof one === (attribute?.type === 'boolean' ? 'boolean' : 'string');
        assert.ok(isRight, `${each}: ${JSON.stringify(one)}`);
      }
    }
  }

  test('as a user has the form of the schema, or is refused; read again it is the same', () => {
    fc.assert(
      fc.property(json, (given) => {
        refusesOnly(() => {
          const resource = readResource(given);
          hasForm(resource);
          assert.deepEqual(readResource(resource), resource);
        });
      }),
      runs(300),
    );
  });

  test('as operations leaves a user of the form of the schema, or is refused', () => {
    const operation = fc.record(
      {
        op: fc.constantFrom('add', 'Replace', 'remove'),
        path: fc.oneof(
          name,
          fc.constantFrom(
            'emails[type eq "work"].value',
            'emails[type eq "x"]',
            'addresses[primary eq true]',
          ),
        ),
        value: json,
      },
      { requiredKeys: ['op'] },
    );
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 5 }), (Operations) => {
        refusesOnly(() => hasForm(applyOperations(ada, readOperations({ Operations }))));
      }),
      runs(500),
    );
  });
});
