import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { type Journey, run } from './errand.ts';
import type { Subject } from './postern.ts';
import type { Errand, LogEntry, Module, ModuleInfo, Suite } from './suite.ts';

export interface Outcome extends ModuleInfo {
  readonly name: string;
  readonly runId: string;
  /** What the suite found fault with, a line each. */
  readonly findings: readonly string[];
}

/** The longest a module takes by itself is a good half minute: one uses a code again after 30 seconds. */
const patience = 150_000;

/**
 * Runs one module in a browser of its own, in which nobody has signed in yet.
 * @param screenshots the folder for pictures of the pages; null: none are kept
 */
export async function runModule(
  { suite, subject, browser, screenshots }: Setting,
  planId: string,
  module: Module,
): Promise<Outcome> {
  const context = await newContext(browser, suite.url, subject.issuer);
  try {
    const runId = await suite.createRun(planId, module);
    const failure = await accompany(suite, runId, async (errand) => {
      const asked = await suite.placeholder(runId);
      const journey = await run(context, errand, { person: subject.person, suite: suite.url });
      if (screenshots !== null) keep(screenshots, module.testModule, journey);
      if (asked !== null) await show(suite, runId, asked, journey);
    });
    const log = await suite.log(runId);
    return {
      ...(await suite.info(runId)),
      name: module.testModule,
      runId,
      findings: [...findingsIn(log), ...(failure === null ? [] : [failure])],
    };
  } finally {
    await context.close();
  }
}

export interface Setting {
  readonly suite: Suite;
  readonly subject: Subject;
  readonly browser: Browser;
  readonly screenshots: string | null;
}

/** A browser that knows the suite and the server, and asks nobody else: the suite's pages want fonts and scripts from afar. */
async function newContext(browser: Browser, ...known: string[]): Promise<BrowserContext> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: 'en-US',
    reducedMotion: 'reduce',
    viewport: { width: 900, height: 760 },
  });
  context.setDefaultTimeout(20_000);
  await context.route(
    (url) => !known.includes(url.origin),
    (route) => route.abort(),
  );
  return context;
}

/** Starts a run, and goes on its errands until it is over. @returns why it was left before that, or null */
async function accompany(
  suite: Suite,
  runId: string,
  go: (errand: Errand) => Promise<void>,
): Promise<string | null> {
  let started = false;
  for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(200)) {
    const { status } = await suite.info(runId);
    if (status === 'FINISHED' || status === 'INTERRUPTED') return null;
    if (status === 'CONFIGURED' && !started) {
      await suite.start(runId);
      started = true;
    }
    for (const errand of await suite.errands(runId)) {
      await suite.tellVisited(runId, errand.url);
      try {
        await go(errand);
      } catch (error) {
        return `the browser came to no end: ${(error as Error).message}`;
      }
    }
  }
  return `it was not over after ${patience / 1000} seconds`;
}

function keep(folder: string, name: string, { pictures }: Journey): void {
  for (const picture of pictures) {
    writeFileSync(join(folder, `${name}-${String(++kept).padStart(3, '0')}.png`), picture);
  }
}

let kept = 0;

/**
 * Gives the suite the picture that it asked for: of where the journey rested, or of the page on the way where it came back. What was seen
 * before the resting place goes along with it. Where coming back was another right answer, the suite asks no more.
 * @param asked for what it asked before the journey: afterwards it may already ask for the next
 */
async function show(
  suite: Suite,
  runId: string,
  asked: string,
  { pictures, cameBack }: Journey,
): Promise<void> {
  while (cameBack && (await suite.info(runId)).status === 'RUNNING') await pause(200);
  const picture = cameBack ? pictures[0] : pictures.at(-1);
  if (picture === undefined || (await suite.placeholder(runId)) !== asked) return;
  const before = pictures[0];
  if (!cameBack && before !== undefined && before !== picture)
    await suite.addPicture(runId, 'The page before it', before);
  await suite.fillPlaceholder(runId, asked, picture);
}

function findingsIn(log: readonly LogEntry[]): string[] {
  return log
    .filter(({ result }) => result === 'FAILURE' || result === 'WARNING' || result === 'INTERRUPTED')
    .map(({ result, src, msg, error }) => `${result} ${src}: ${msg ?? error ?? ''}`);
}
