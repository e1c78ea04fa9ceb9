import { parseArgs } from 'node:util';
import { type Plan, plans } from './plans.ts';

export interface Options {
  /** Base URL of the suite, without a trailing slash. */
  readonly suite: string;
  readonly plans: readonly Plan[];
  /** Modules to run of the plans; empty for all. */
  readonly modules: readonly string[];
  /** Where the pictures of pages go; null: nowhere. */
  readonly screenshots: string | null;
  /** A page of Markdown that gets the results; null: none. */
  readonly results: string | null;
}

export const usage = `npm run conformance -- --suite https://localhost:8443 [OPTION…]

  --suite URL          the OpenID Foundation's conformance suite, running in its developer mode
  --plan NAME          one of these instead of all; may be given several times:
                       ${plans.map(({ name }) => name).join('\n                       ')}
  --module NAME        only this module of the plans; may be given several times
  --screenshots DIR    keeps a picture of every page of Postern that the browser stopped at
  --results FILE       writes the results into a page that has a place for them: docs/conformance.md
`;

/** @throws Error that says which argument is wrong */
export function readOptions(arguments_: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...arguments_],
    options: {
      suite: { type: 'string' },
      plan: { type: 'string', multiple: true, default: [] },
      module: { type: 'string', multiple: true, default: [] },
      screenshots: { type: 'string' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!values.suite || !URL.canParse(values.suite)) throw new Error('--suite must be the URL of the suite');
  const unknown = values.plan.find((name) => !plans.some((plan) => plan.name === name));
  if (unknown !== undefined) throw new Error(`--plan ${unknown} is none of those that are run`);
  return {
    suite: values.suite.replace(/\/$/, ''),
    plans: values.plan.length === 0 ? plans : plans.filter(({ name }) => values.plan.includes(name)),
    modules: values.module,
    screenshots: values.screenshots ?? null,
    results: values.results ?? null,
  };
}
