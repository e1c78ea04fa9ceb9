import type {
  Entry,
  IntrospectEntry,
  JwtBearerEntry,
  OutageEntry,
  RedeemEntry,
  RefreshEntry,
  RevokeEntry,
  SwitchEntry,
} from './history.ts';

/** What the contract says in numbers; all in milliseconds. */
export interface Rules {
  /** How long the refresh token spent last gives the same successor again. */
  readonly grace: number;
  /** How long after a change an application may still pass for what it was. */
  readonly applicationLag: number;
  readonly codeLifetime: number;
  readonly accessTokenLifetime: number;
  /** How long after it began a request can still have an effect when nobody waits for it any more. */
  readonly landing: number;
  /** Until when a request is answered, whatever happens. */
  readonly patience: number;
  /** From when on nothing was disturbed any more. */
  readonly calmFrom: number;
}

export interface Judgement {
  /** Each a sentence and the entries that show it; empty when all is well. */
  readonly violations: string[];
  /** How many entries of each kind and answer there were, as `refresh ok`. */
  readonly counts: Record<string, number>;
}

/**
 * Judges a whole history: nothing acknowledged is lost, nothing is spent twice, nothing lives after its end, nothing succeeds
 * while the database is down. What only may have happened counts in favour of the server, never against it.
 */
export function judge(history: readonly Entry[], rules: Rules): Judgement {
  const violations: string[] = [];
  const accuse = (sentence: string, ...entries: Entry[]) =>
    violations.push([sentence, ...entries.map((entry) => `    ${JSON.stringify(entry)}`)].join('\n'));
  const switches = new Switches(history.filter((entry) => entry.op === 'switch'));

  judgeAnswers(history, rules, accuse);
  judgeOutages(history, accuse);
  judgeCodes(history, rules, switches, accuse);
  judgeAssertions(history, rules, switches, accuse);
  judgeClientCredentials(history, rules, switches, accuse);
  for (const life of livesOf(history)) judgeLife(life, rules, switches, accuse);

  const counts: Record<string, number> = {};
  for (const entry of history) {
    const name = entry.op === 'outage' ? 'outage' : `${entry.op} ${entry.answer}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { violations, counts };
}

/** How the detail of an entry begins whose client did not wait for the answer. */
export const hungUp = 'no answer within';

type Accuse = (sentence: string, ...entries: Entry[]) => void;

function judgeAnswers(history: readonly Entry[], rules: Rules, accuse: Accuse): void {
  for (const entry of history) {
    if (entry.op === 'outage') continue;
    if (entry.answer === 'odd') accuse('an answer that there must not be', entry);
    if (entry.answer !== 'lost' && entry.ended - entry.began > rules.patience)
      accuse(`answered after more than ${rules.patience} ms`, entry);
    const isUnserved =
      entry.answer === 'unavailable' || (entry.answer === 'lost' && !entry.detail.startsWith(hungUp));
    if (entry.began > rules.calmFrom && isUnserved)
      accuse('not served although nothing was disturbed any more', entry);
  }
}

/** What an application may do from memory is over a second after the database went. */
function judgeOutages(history: readonly Entry[], accuse: Accuse): void {
  const memory = 1_000;
  const outages = history.filter((entry) => entry.op === 'outage');
  for (const entry of history) {
    if (entry.op === 'outage' || entry.answer !== 'ok') continue;
    const within = (outage: OutageEntry) => entry.began > outage.began + memory && entry.ended < outage.ended;
    const outage = outages.find(within);
    if (outage) accuse('a success while the database was down', entry, outage);
  }
}

function judgeCodes(history: readonly Entry[], rules: Rules, switches: Switches, accuse: Accuse): void {
  const attempts = groupBy(
    history.filter((entry) => entry.op === 'redeem'),
    ({ code }) => code,
  );
  const owners = new Map<string, RedeemEntry>();
  for (const entry of history)
    if (entry.op === 'redeem' && entry.authorization !== undefined) owners.set(entry.authorization, entry);
  for (const uses of attempts.values()) {
    const [winner, second] = uses.filter(({ answer }) => answer === 'ok');
    if (winner && second) accuse('a code was good twice', winner, second);
    const [only] = uses;
    if (uses.length !== 1 || only?.answer !== 'refused') continue;
    const isFresh = only.ended < only.issued + rules.codeLifetime;
    if (!isFresh || !switches.areOn(only.user, only.application, only, rules)) continue;
    if (!mayHaveEndedBeside(only)) accuse('a fresh code was refused', only);
  }

  /** Whether an authorization of the same user and application may have ended meanwhile, which takes its codes along. */
  function mayHaveEndedBeside({ user, application, issued, ended }: RedeemEntry): boolean {
    return history.some((entry) => {
      const owner = ownerOf(entry);
      if (!owner || owner.user !== user || owner.application !== application) return false;
      return entry.began <= ended && Math.max(entry.ended, entry.began + rules.landing) >= issued;
    });
  }

  /** Whose authorization an entry may have ended: a revocation, or a refresh token or a code that was used again. */
  function ownerOf(entry: Entry): RedeemEntry | undefined {
    if (entry.op === 'revoke') return owners.get(entry.authorization);
    if (entry.op === 'refresh' && entry.answer !== 'ok') return owners.get(entry.authorization);
    return entry.op === 'redeem' && (attempts.get(entry.code)?.length ?? 0) > 1 ? entry : undefined;
  }
}

function judgeAssertions(history: readonly Entry[], rules: Rules, switches: Switches, accuse: Accuse): void {
  const presented = groupBy(
    history.filter((entry) => entry.op === 'jwt_bearer'),
    ({ jti }) => jti,
  );
  for (const uses of presented.values()) {
    const [winner, second] = uses.filter(({ answer }) => answer === 'ok');
    if (winner && second) accuse('an assertion was good twice', winner, second);
    const [only] = uses;
    if (
      uses.length === 1 &&
      only?.answer === 'refused' &&
      switches.areOn(only.user, only.application, only, rules)
    )
      accuse('a fresh assertion was refused', only);
    for (const use of uses)
      if (use.answer === 'ok') accuseIfOff(use, use.user, use.application, rules, switches, accuse);
  }
}

function judgeClientCredentials(
  history: readonly Entry[],
  rules: Rules,
  switches: Switches,
  accuse: Accuse,
): void {
  for (const entry of history) {
    if (entry.op !== 'client_credentials') continue;
    const on = switches.areOn(undefined, entry.application, entry, rules);
    if (entry.answer === 'refused' && on) accuse('an enabled application was refused', entry);
    if (entry.answer === 'ok') accuseIfOff(entry, undefined, entry.application, rules, switches, accuse);
  }
}

/** An authorization as its clients saw it. */
interface Life {
  readonly begin: RedeemEntry;
  /** Every use of the code that it came from, without the one that made it. */
  readonly replays: readonly RedeemEntry[];
  readonly refreshes: readonly RefreshEntry[];
  readonly revocations: readonly RevokeEntry[];
  readonly introspections: readonly IntrospectEntry[];
}

function livesOf(history: readonly Entry[]): Life[] {
  const by = <Op extends Entry['op']>(op: Op) =>
    groupBy(
      history.filter((entry): entry is Extract<Entry, { op: Op; authorization?: string }> => entry.op === op),
      (entry) => entry.authorization ?? '',
    );
  const [refreshes, revocations, introspections] = [by('refresh'), by('revoke'), by('introspect')];
  const redemptions = groupBy(
    history.filter((entry) => entry.op === 'redeem'),
    ({ code }) => code,
  );
  return history.flatMap((begin) => {
    if (begin.op !== 'redeem' || begin.authorization === undefined) return [];
    return {
      begin,
      replays: (redemptions.get(begin.code) ?? []).filter((each) => each !== begin),
      refreshes: refreshes.get(begin.authorization) ?? [],
      revocations: revocations.get(begin.authorization) ?? [],
      introspections: introspections.get(begin.authorization) ?? [],
    };
  });
}

/** Something that may have ended an authorization: from when on at the earliest, and from when on for certain. */
interface Ending {
  readonly from: number;
  readonly certainAt: number;
  readonly entry: Entry;
}

function judgeLife(life: Life, rules: Rules, switches: Switches, accuse: Accuse): void {
  const { application, user } = life.begin;
  const chain = new Chain(life);
  const endings = endingsOf(life, chain, rules, switches);
  const possible = Math.min(...endings.map(({ from }) => from));
  const certain = endings.toSorted((a, b) => a.certainAt - b.certainAt)[0];

  const mustBeAlive = (entry: RefreshEntry | IntrospectEntry) =>
    entry.ended < possible && switches.areOn(user, application, entry, rules);
  const isAlive = (entry: RefreshEntry | IntrospectEntry) => {
    if (certain && entry.began > certain.certainAt)
      accuse('an authorization lived after its end', entry, certain.entry);
    accuseIfOff(entry, user, application, rules, switches, accuse);
  };

  for (const use of life.refreshes) {
    if (use.answer === 'refused' && mustBeAlive(use)) accuse('an authorization was lost', use, life.begin);
    if (use.answer !== 'ok') continue;
    isAlive(use);
    const [successor, other] = chain.successors(use.token);
    if (other !== undefined) accuse(`one refresh token had two successors, ${successor} and ${other}`, use);
    const later = chain.firstUseOfSuccessor(
      use.token,
      (each) => each.answer === 'ok' && each.ended < use.began,
    );
    if (later) accuse('a refresh token was good although its successor had been used', use, later);
    const first = chain.firstUse(use.token, (each) => each.answer === 'ok');
    if (first && use.began > first.ended + rules.grace)
      accuse('a spent refresh token was good after the grace period', use, first);
  }
  for (const look of life.introspections) {
    if (look.answer !== 'ok') continue;
    const spent = chain.firstUse(look.token, (use) => use.answer === 'ok' && use.ended < look.began);
    if (look.active) {
      isAlive(look);
      if (spent) accuse('a spent refresh token was called active', look, spent);
    } else if (look.kind === 'access') {
      const isFresh = look.ended < chain.handedOut(look.token) + rules.accessTokenLifetime;
      if (isFresh && mustBeAlive(look)) accuse('a good access token was called inactive', look);
    } else {
      const maybeSpent = chain.firstUse(look.token, (use) => use.began < look.ended);
      if (!maybeSpent && mustBeAlive(look)) accuse('a good refresh token was called inactive', look);
    }
  }
}

function endingsOf(life: Life, chain: Chain, rules: Rules, switches: Switches): Ending[] {
  const { begin } = life;
  const never = Number.POSITIVE_INFINITY;
  const endings: Ending[] = life.revocations.map((entry) => ({
    from: entry.began,
    certainAt: entry.answer === 'ok' ? entry.ended : never,
    entry,
  }));
  for (const entry of life.replays) {
    // Which of the two came first nobody knows, but the one that was refused has seen the other.
    const isReuse =
      entry.answer === 'refused' &&
      !isClientRefused(entry) &&
      entry.ended < entry.issued + rules.codeLifetime &&
      switches.areOn(begin.user, begin.application, entry, rules);
    const certainAt = isReuse ? Math.max(entry.ended, begin.ended) : never;
    endings.push({ from: begin.began, certainAt, entry });
  }
  for (const entry of life.refreshes) {
    if (entry.answer === 'ok' || entry.answer === 'odd' || isClientRefused(entry)) continue;
    const landsUntil =
      entry.answer === 'refused' ? entry.ended : Math.max(entry.ended, entry.began + rules.landing);
    const successorUsed = chain.firstUseOfSuccessor(entry.token, () => true)?.began ?? never;
    const spent = chain.firstUse(entry.token, (each) => each !== entry && each.answer !== 'refused');
    const graceOver = (spent?.began ?? never) + rules.grace;
    const from = Math.max(entry.began, Math.min(successorUsed, graceOver));
    if (from > landsUntil) continue;
    const isReuse =
      entry.answer === 'refused' &&
      chain.firstUseOfSuccessor(entry.token, (each) => each.answer === 'ok' && each.ended < entry.began);
    endings.push({ from, certainAt: isReuse ? entry.ended : never, entry });
  }
  return endings;
}

/** Refused before anybody looked at what was presented. */
function isClientRefused({ detail }: Entry & { detail: string }): boolean {
  return detail.includes('invalid_client');
}

/** The refresh tokens of one authorization: which was used when, and which came after which. */
class Chain {
  readonly #uses: Map<string, RefreshEntry[]>;
  readonly #successors = new Map<string, Set<string>>();
  readonly #handedOut = new Map<string, number>();

  constructor({ begin, refreshes }: Life) {
    const inOrder = refreshes.toSorted((a, b) => a.began - b.began);
    this.#uses = groupBy(inOrder, ({ token }) => token);
    for (const { refresh, access, began } of [begin, ...inOrder])
      for (const token of [refresh, access])
        if (token !== undefined && !this.#handedOut.has(token)) this.#handedOut.set(token, began);
    for (const { token, refresh } of inOrder)
      if (refresh !== undefined)
        this.#successors.set(token, (this.#successors.get(token) ?? new Set()).add(refresh));
  }

  /** The use that began first of those that are wanted. */
  firstUse(token: string, wanted: (use: RefreshEntry) => boolean): RefreshEntry | undefined {
    return this.#uses.get(token)?.find(wanted);
  }

  successors(token: string): string[] {
    return [...(this.#successors.get(token) ?? [])];
  }

  firstUseOfSuccessor(token: string, wanted: (use: RefreshEntry) => boolean): RefreshEntry | undefined {
    const uses = this.successors(token).flatMap((successor) => this.firstUse(successor, wanted) ?? []);
    return uses.toSorted((a, b) => a.began - b.began)[0];
  }

  /** Before when it cannot have been handed out. */
  handedOut(token: string): number {
    return this.#handedOut.get(token) ?? 0;
  }
}

function accuseIfOff(
  entry: RefreshEntry | IntrospectEntry | JwtBearerEntry | Extract<Entry, { op: 'client_credentials' }>,
  user: string | undefined,
  application: string,
  rules: Rules,
  switches: Switches,
  accuse: Accuse,
): void {
  if (user !== undefined && switches.was(user, false, entry.began, entry.ended))
    accuse('a success for a deactivated user', entry);
  if (switches.was(application, false, entry.began - rules.applicationLag, entry.ended))
    accuse('a success for a disabled application', entry);
}

/** What is known of users and applications at any time: on, off, or perhaps either. */
class Switches {
  readonly #changes: Map<string, SwitchEntry[]>;

  constructor(entries: readonly SwitchEntry[]) {
    this.#changes = groupBy(
      entries.toSorted((a, b) => a.began - b.began),
      ({ subject }) => subject,
    );
  }

  /** Whether it was so for certain and all the time. Everything is on in the beginning. */
  was(subject: string, on: boolean, from: number, to: number): boolean {
    let possible = new Set([true]);
    let since = Number.NEGATIVE_INFINITY;
    const isOtherwise = (until: number) =>
      since <= to && until >= from && !(possible.size === 1 && possible.has(on));
    const changes = this.#changes.get(subject) ?? [];
    for (const change of changes) {
      if (isOtherwise(change.began)) return false;
      if (change.answer === 'refused') continue;
      since = change.began;
      possible = new Set([...possible, change.on]);
      if (change.answer !== 'ok') continue;
      if (isOtherwise(change.ended)) return false;
      since = change.ended;
      // Of those that were under way at the same time any may have been the last, in whatever order their answers came.
      possible = new Set(changes.filter((other) => areAtOnce(change, other)).map((other) => other.on));
    }
    return !isOtherwise(Number.POSITIVE_INFINITY);
  }

  /** Whether user and application were certainly on while this was decided. */
  areOn(
    user: string | undefined,
    application: string,
    { began, ended }: { began: number; ended: number },
    rules: Rules,
  ): boolean {
    return (
      (user === undefined || this.was(user, true, began, ended)) &&
      this.was(application, true, began - rules.applicationLag, ended)
    );
  }
}

function areAtOnce(one: SwitchEntry, other: SwitchEntry): boolean {
  return one === other || (other.answer !== 'refused' && other.began < one.ended && one.began < other.ended);
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}
