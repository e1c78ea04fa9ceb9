import type { Outcome } from './module-run.ts';
import type { Plan } from './plans.ts';

/** What came of one plan. */
export interface PlanOutcome {
  readonly plan: Plan;
  readonly modules: readonly Outcome[];
}

const begin = '<!-- results: npm run conformance -- --results FILE writes them -->';
const end = '<!-- end of results -->';

/**
 * A page with the results of this run instead of those that it had.
 * @param page Markdown that has the two marks
 * @param heading what they are results of
 * @throws Error when the page has no place for results
 */
export function withResults(page: string, heading: string, outcomes: readonly PlanOutcome[]): string {
  const [before = '', rest] = page.split(begin);
  const [, after] = (rest ?? '').split(end);
  if (after === undefined) throw new Error(`the page has no ${begin} … ${end}`);
  const summary = table(
    ['plan', 'modules', 'results'],
    outcomes.map(({ plan, modules }) => [`\`${plan.name}\``, String(modules.length), countOf(modules)]),
  );
  const tables = alike(outcomes).map((group) =>
    table(
      ['module', ...group.map(({ plan }) => plan.title)],
      (group[0]?.modules ?? []).map(({ name }, row) => [
        `\`${name}\``,
        ...group.map(({ modules }) => kindOf(modules[row] as Outcome)),
      ]),
    ),
  );
  return [before + begin, heading, summary, ...tables, end + after].join('\n\n');
}

/** Such as `31 PASSED, 3 REVIEW`. */
export function countOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(kindOf(outcome), (counts.get(kindOf(outcome)) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** The result; of a module that did not come to its end, where it stood. */
function kindOf({ status, result }: Outcome): string {
  return status === 'FINISHED' ? (result ?? 'UNKNOWN') : status;
}

/** Plans with the same modules together, which need one table. */
function alike(outcomes: readonly PlanOutcome[]): PlanOutcome[][] {
  const groups = Map.groupBy(outcomes, ({ modules }) => modules.map(({ name }) => name).join());
  return [...groups.values()];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
