/** `npm run conformance`: the OpenID Foundation's conformance suite against Postern from this checkout. README.md beside this. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Servers } from '../bench/processes.ts';
import { chromiumOptions } from '../test/support/chromium-program.ts';
import { type Outcome, runModule, type Setting } from './module-run.ts';
import { type Options, readOptions, usage } from './options.ts';
import { configurationOf, type Plan } from './plans.ts';
import { startPostern } from './postern.ts';
import { countOf, type PlanOutcome, withResults } from './results.ts';
import { Suite } from './suite.ts';

process.exit(await main());

/** @returns 0 when every module came to its end and none failed */
async function main(): Promise<0 | 1 | 2> {
  let options: Options | 'help';
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const suite = new Suite(options.suite);
  const { version, revision } = await suite.server();
  say(`conformance suite ${version} (${revision}) at ${options.suite}`);

  const directory = mkdtempSync(join(tmpdir(), 'postern-conformance-'));
  const servers = new Servers();
  try {
    const browser = await chromium.launch(chromiumOptions());
    const subject = await startPostern(servers, suite, directory);
    const outcomes: PlanOutcome[] = [];
    for (const plan of options.plans) {
      const screenshots = options.screenshots && join(options.screenshots, plan.name);
      if (screenshots) mkdirSync(screenshots, { recursive: true });
      const modules = await runPlan({ suite, subject, browser, screenshots }, plan, options.modules);
      outcomes.push({ plan, modules });
    }
    if (options.results !== null) {
      const heading = `Version ${version} of the suite (${revision}), ${new Date().toISOString().slice(0, 10)}:`;
      writeFileSync(options.results, withResults(readFileSync(options.results, 'utf8'), heading, outcomes));
    }
    subject.stop();
    await browser.close();
    return outcomes.some(({ modules }) => modules.some(isBad)) ? 1 : 0;
  } finally {
    await servers.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runPlan(setting: Setting, plan: Plan, only: readonly string[]): Promise<Outcome[]> {
  const { suite, subject } = setting;
  const configuration = configurationOf(plan, subject);
  const { id, modules } = await suite.createPlan(plan.name, plan.variant, configuration);
  say(`\n${plan.name}  ${suite.url}/plan-detail.html?plan=${id}`);
  const outcomes: Outcome[] = [];
  for (const module of modules) {
    if (only.length > 0 && !only.includes(module.testModule)) continue;
    const outcome = await runModule(setting, id, module);
    outcomes.push(outcome);
    say(`  ${outcome.name.padEnd(76)} ${outcome.status.padEnd(12)} ${outcome.result ?? '-'}`);
    for (const finding of outcome.findings) say(`      ${finding}`);
    if (isBad(outcome)) say(`      ${suite.url}/log-detail.html?log=${outcome.runId}`);
  }
  say(`  ${outcomes.length} modules: ${countOf(outcomes)}`);
  return outcomes;
}

function isBad({ status, result }: Outcome): boolean {
  return status !== 'FINISHED' || result === 'FAILED';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
