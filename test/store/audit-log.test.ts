import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Id, newId } from '../../server/base/ids.ts';
import { recordAuditEvent } from '../../server/events/record.ts';
import { type Actor, type AuditEventType, system } from '../../server/model/event.ts';
import { type AuditEventFilter, listAuditEvents } from '../../server/store/audit-events.ts';
import type { Database } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { runs } from '../support/property-runs.ts';
import { explaining } from '../support/query-plans.ts';

const start = Date.UTC(2030, 0, 1);
const [instance, otherInstance] = [newId(start), newId(start)];
const [ada, bob, robot, workboard] = [newId(start), newId(start), newId(start), newId(start)];

const actor = fc.constantFrom<Actor>(
  { type: 'user', id: ada },
  { type: 'user', id: bob },
  { type: 'application', id: robot },
  system,
);
const type = fc.constantFrom<AuditEventType>('login.succeeded', 'user.updated', 'authorization.granted');
const userId = fc.constantFrom(ada, bob, null);
const applicationId = fc.constantFrom(robot, workboard, null);
const time = fc.integer({ min: 0, max: 20 }).map((after) => start + after);

const event = fc.record({
  instanceId: fc.constantFrom(instance, otherInstance),
  type,
  actor,
  userId,
  applicationId,
});
const filter = fc.record(
  {
    type,
    userId: fc.constantFrom(ada, bob, robot),
    applicationId: fc.constantFrom(robot, workboard, ada),
    actorId: fc.constantFrom(ada, bob, robot),
    since: time,
    until: time,
  },
  { requiredKeys: [] },
);

forEachEngine((engine) => {
  let place: FreshDatabase;
  let db: Database;
  before(async () => {
    place = await freshDatabase(engine);
    db = place.open();
    await migrate(db);
  });
  after(async () => {
    await db.close();
    await place.remove();
  });

  describe('the audit log', () => {
    test('lists what fits a filter, newest first, page by page, whoever did it to whomever', async () => {
      const recorded = fc.sample(event, { seed: 1, numRuns: 300 });
      const known: ((typeof recorded)[number] & { time: number })[] = [];
      for (const [index, each] of recorded.entries()) {
        const at = start + Math.floor(index / 15);
        await db.transaction((tx) => recordAuditEvent(tx, at, { ...each, ip: null, detail: { index } }));
        known.push({ ...each, time: at });
      }
      const fits = (index: number, wanted: AuditEventFilter) => {
        const each = known[index];
        return (
          each?.instanceId === instance &&
          (wanted.type ?? each.type) === each.type &&
          (wanted.userId ?? each.userId) === each.userId &&
          (wanted.applicationId ?? each.applicationId) === each.applicationId &&
          (wanted.actorId ?? each.actor.id) === each.actor.id &&
          (wanted.since ?? each.time) <= each.time &&
          (wanted.until ?? each.time + 1) > each.time
        );
      };
      await fc.assert(
        fc.asyncProperty(filter, fc.integer({ min: 1, max: 40 }), async (wanted, limit) => {
          const expected = [...known.keys()].filter((index) => fits(index, wanted)).reverse();
          const listed: unknown[] = [];
          let before: Id | undefined;
          for (;;) {
            const page = await listAuditEvents(db, instance, wanted, before, limit);
            listed.push(...page.map(({ detail }) => detail['index']));
            if (page.length < limit) break;
            before = page.at(-1)?.id;
          }
          assert.deepEqual(listed, expected);
        }),
        runs(100),
      );
    });

    if (engine === 'sqlite')
      test('is never read from end to end, nor sorted as a whole, for what few events fit', async () => {
        const { database, steps: plans } = explaining(db);
        for (const wanted of fc.sample(filter, { seed: 1, numRuns: 50 })) {
          plans.length = 0;
          await listAuditEvents(database, instance, wanted, undefined, 50);
          const found = plans.filter((step) => step.includes('audit_events'));
          assert.ok(found.length > 0, plans.join('; '));
          for (const step of found) assert.match(step, /^SEARCH audit_events USING INDEX/);
          assert.ok(!plans.some((step) => step.includes('TEMP B-TREE')), plans.join('; '));
          if (wanted.actorId && !wanted.userId && !wanted.applicationId)
            assert.deepEqual(
              found.map((step) => /audit_events_\w+/.exec(step)?.[0]),
              ['audit_events_by_user', 'audit_events_by_actor'],
            );
        }
      });
  });
});
