import { createPrivateKey, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import type { Target } from '../support/http.ts';
import { signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, type Tokens } from '../support/oauth-client.ts';
import { ask, authentication, type Outcome } from './asking.ts';
import { type Entry, nameOf } from './history.ts';
import { between, type Dice, dice, pick } from './options.ts';

// A process of clients that use every server at once, badly and well, and write down every answer. It is forked with its
// orders as the only argument, goes on until it is told `calm`, looks at everything once more, and ends.

export interface Orders {
  readonly name: string;
  readonly seed: number;
  readonly workers: number;
  /** Where the history goes, one entry a line. */
  readonly file: string;
  readonly url: string;
  readonly ports: readonly number[];
  readonly administrator: Person;
  /** Authorizes and stays active. */
  readonly user: Person;
  /** Authorizes, and is deactivated and activated by this process. */
  readonly victim: Person;
  readonly web: ApplicationView;
  /** Enabled and disabled by the process that is told to. */
  readonly unsteadyWeb: ApplicationView;
  readonly machine: ApplicationView;
  readonly unsteadyMachine: ApplicationView;
  readonly switchesApplications: boolean;
  /** May introspect every access token. */
  readonly observer: ApplicationView;
  /** PKCS 8 PEM of the key of both machines, and whom it acts for. */
  readonly privateKey: string;
  readonly actsAs: Person;
}

interface Authorization {
  readonly id: string;
  readonly application: ApplicationView;
  refresh: string;
  access: string;
  /** Refresh tokens that were spent for certain, the latest last. */
  readonly spent: string[];
  /** Whether a client would still believe in it. */
  live: boolean;
  /** After a lost answer, when its first use can have no effect any more. */
  restUntil: number;
}

const mostAuthorizations = 6;
const mostDead = 4;
/** As in the rules of the judge. */
const landing = 6_000;

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const privateKey = createPrivateKey(orders.privateKey);
let calm = false;
process.on('message', () => {
  calm = true;
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());

const lines: string[] = [];
function write(entry: Entry): void {
  lines.push(`${JSON.stringify(entry)}\n`);
}
function flush(): void {
  if (lines.length > 0) appendFileSync(orders.file, lines.splice(0).join(''));
}
setInterval(flush, 500).unref();

class Worker {
  readonly #name: string;
  readonly #dice: Dice;
  /** A browser of each person; its target goes from server to server. */
  readonly #browsers = new Map<string, { browser: Browser; target: { url: string; port: number } }>();
  #authorizations: Authorization[] = [];

  constructor(name: string, throwDice: Dice) {
    this.#name = name;
    this.#dice = throwDice;
  }

  async run(): Promise<void> {
    while (!calm) {
      await this.#act();
      await sleep(between(this.#dice, 2, 40));
    }
    for (const authorization of this.#authorizations) {
      if (authorization.live) await this.#refresh(authorization);
      else await this.#use(authorization, authorization.refresh);
      await this.#introspect(authorization, 'access');
      await this.#introspect(authorization, 'refresh');
    }
  }

  async #act(): Promise<void> {
    const live = this.#authorizations.filter((each) => each.live && each.restUntil < Date.now());
    const chosen = live[Math.floor(this.#dice() * live.length)];
    const dead = this.#authorizations.filter((each) => !each.live);
    const ghost = dead[Math.floor(this.#dice() * dead.length)];
    const wanted: (readonly [() => Promise<void>, number])[] = [
      [() => this.#clientCredentials(), 6],
      [() => this.#jwtBearer(), 8],
    ];
    if (this.#authorizations.filter((each) => each.live).length < mostAuthorizations)
      wanted.push([() => this.#grant(), 20]);
    if (chosen)
      wanted.push(
        [() => this.#refresh(chosen), 40],
        [() => this.#refreshAtOnce(chosen), 10],
        [() => this.#introspect(chosen, 'access'), 8],
        [() => this.#introspect(chosen, 'refresh'), 6],
        [() => this.#revoke(chosen), 4],
        [() => this.#replay(chosen), 3],
      );
    if (ghost)
      wanted.push(
        [async () => void (await this.#use(ghost, ghost.refresh)), 4],
        [() => this.#introspect(ghost, 'access'), 4],
      );
    await pick(this.#dice, wanted)();
  }

  #target(): Target {
    const port = orders.ports[Math.floor(this.#dice() * orders.ports.length)] as number;
    return { url: orders.url, port };
  }

  /** Now and then a client that hangs up before the answer is there. */
  #patience(): number | undefined {
    return !calm && this.#dice() < 0.15 ? Math.ceil(between(this.#dice, 1, 25)) : undefined;
  }

  /** A person's way to a code, and one, two or three uses of it. */
  async #grant(): Promise<void> {
    const person = this.#dice() < 0.7 ? orders.user : orders.victim;
    const application = this.#dice() < 0.7 ? orders.web : orders.unsteadyWeb;
    const { browser, target } = this.#browserOf(person);
    target.port = this.#target().port;
    const issued = Date.now();
    let code: { code: string; verifier: string };
    try {
      code = await new OAuthClient(target, application).code(browser, person);
    } catch (error) {
      // The pages are not what is looked into here, but they must not fail.
      const [, status] = /with (\d+):/.exec((error as Error).message) ?? [];
      if (status?.startsWith('5') && status !== '503')
        this.#writeRedemption(application, person, issued, randomUUID(), {
          began: issued,
          ended: Date.now(),
          answer: 'odd',
          detail: (error as Error).message.slice(0, 300),
          body: {},
        });
      return;
    }
    const redeem = async () => {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code: code.code,
        code_verifier: code.verifier,
        redirect_uri: application.redirect_uris?.[0] ?? '',
      });
      const outcome = await ask(
        this.#target(),
        '/oauth2/token',
        body,
        authentication(application),
        this.#patience(),
      );
      if (outcome) this.#writeRedemption(application, person, issued, code.code, outcome);
      return outcome;
    };
    const manner = this.#dice();
    const outcomes =
      manner < 0.1 ? await Promise.all([redeem(), redeem(), redeem()].slice(0, 2)) : [await redeem()];
    for (let again = 0; again < 3 && !outcomes.some((each) => each?.answer === 'ok'); again++) {
      if (outcomes.some((each) => each?.answer === 'refused')) break;
      await sleep(between(this.#dice, 50, 1_500));
      outcomes.push(await redeem());
    }
    if (manner > 0.95) outcomes.push(await redeem());
    const { access_token: access, refresh_token: refresh } =
      outcomes.find((each) => each?.answer === 'ok')?.body ?? {};
    if (access === undefined || refresh === undefined) return;
    const id = String(claimsOf(access)['authorization_id']);
    this.#authorizations.push({
      id,
      application,
      refresh,
      access,
      spent: [],
      live: outcomes.length === 1,
      restUntil: 0,
    });
    this.#forgetOldest();
  }

  #writeRedemption(
    application: ApplicationView,
    person: Person,
    issued: number,
    code: string,
    { body, ...outcome }: NonNullable<Outcome>,
  ): void {
    const { access_token: access, refresh_token: refresh } = body;
    write({
      op: 'redeem',
      client: this.#name,
      code: nameOf(code),
      issued,
      application: application.id,
      user: person.id,
      ...outcome,
      ...(access !== undefined &&
        refresh !== undefined && {
          authorization: String(claimsOf(access)['authorization_id']),
          access: nameOf(access),
          refresh: nameOf(refresh),
        }),
    });
  }

  #browserOf(person: Person): { browser: Browser; target: { url: string; port: number } } {
    const known = this.#browsers.get(person.id);
    if (known) return known;
    const target = { ...this.#target() };
    const made = { browser: new Browser(target), target };
    this.#browsers.set(person.id, made);
    return made;
  }

  #forgetOldest(): void {
    const dead = this.#authorizations.filter((each) => !each.live);
    const forgotten = new Set(dead.slice(0, Math.max(0, dead.length - mostDead)));
    this.#authorizations = this.#authorizations.filter((each) => !forgotten.has(each));
  }

  /** One use of a refresh token, as it is. */
  async #use(authorization: Authorization, token: string, patience?: number): Promise<Outcome> {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token });
    const outcome = await ask(
      this.#target(),
      '/oauth2/token',
      body,
      authentication(authorization.application),
      patience,
    );
    if (!outcome) return null;
    const { body: tokens, ...rest } = outcome;
    write({
      op: 'refresh',
      client: this.#name,
      authorization: authorization.id,
      token: nameOf(token),
      ...rest,
      ...(tokens.refresh_token !== undefined && { refresh: nameOf(tokens.refresh_token) }),
      ...(tokens.access_token !== undefined && { access: nameOf(tokens.access_token) }),
    });
    return outcome;
  }

  /** An honest client: when no answer comes, it asks again with the same token. */
  async #refresh(authorization: Authorization): Promise<void> {
    let firstLost = 0;
    for (let attempt = 0; attempt < 30; attempt++) {
      const outcome = await this.#use(authorization, authorization.refresh, this.#patience());
      if (outcome?.answer === 'ok') {
        this.#take(authorization, outcome.body);
        if (firstLost && this.#dice() < 0.7) authorization.restUntil = firstLost + landing + 500;
        return;
      }
      if (outcome?.answer === 'refused') {
        this.#refused(authorization, outcome.detail);
        return;
      }
      if (outcome && !firstLost) firstLost = outcome.began;
      await sleep(between(this.#dice, 20, 1_000));
    }
  }

  /** Two tabs, or a retry that was too quick. */
  async #refreshAtOnce(authorization: Authorization): Promise<void> {
    const count = this.#dice() < 0.5 ? 2 : 4;
    const outcomes = await Promise.all(
      Array.from({ length: count }, () => this.#use(authorization, authorization.refresh)),
    );
    const good = outcomes.find((each) => each?.answer === 'ok');
    const refused = outcomes.find((each) => each?.answer === 'refused');
    const unsure = outcomes.filter((each) => each?.answer === 'lost' || each?.answer === 'unavailable');
    if (good) this.#take(authorization, good.body);
    else if (refused) this.#refused(authorization, refused.detail);
    if (unsure.length > 0)
      authorization.restUntil = Math.max(...unsure.map((each) => each?.began ?? 0)) + landing + 500;
  }

  #take(
    authorization: Authorization,
    { refresh_token: refresh, access_token: access }: Partial<Tokens>,
  ): void {
    authorization.spent.push(authorization.refresh);
    authorization.refresh = refresh ?? '';
    authorization.access = access ?? '';
  }

  /** A user or an application that is off comes back; what was ended does not. */
  #refused(authorization: Authorization, detail: string): void {
    const mayComeBack = detail === '401 invalid_client' || this.#dice() < 0.5;
    authorization.live = mayComeBack;
    authorization.restUntil = Date.now() + 300;
    this.#forgetOldest();
  }

  async #revoke(authorization: Authorization): Promise<void> {
    authorization.live = false;
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await ask(
        this.#target(),
        '/oauth2/revoke',
        new URLSearchParams({ token: authorization.refresh }),
        authentication(authorization.application),
        this.#patience(),
      );
      if (outcome) {
        const { body: _, ...rest } = outcome;
        write({ op: 'revoke', client: this.#name, authorization: authorization.id, ...rest });
        if (outcome.answer === 'ok' || outcome.answer === 'refused' || this.#dice() < 0.2) break;
      }
      await sleep(between(this.#dice, 50, 800));
    }
    this.#forgetOldest();
  }

  /** A thief: a token from before the one that was spent last. */
  async #replay(authorization: Authorization): Promise<void> {
    const old = authorization.spent.at(-2);
    if (old === undefined) return;
    const outcome = await this.#use(authorization, old);
    if (outcome) authorization.live = false;
  }

  async #introspect(authorization: Authorization, kind: 'access' | 'refresh'): Promise<void> {
    const token = authorization[kind];
    const outcome = await ask(
      this.#target(),
      '/oauth2/introspect',
      new URLSearchParams({ token }),
      // A refresh token is introspected by its own client only, which learns nothing while it is disabled.
      authentication(kind === 'access' ? orders.observer : authorization.application),
    );
    if (!outcome) return;
    const { body, ...rest } = outcome;
    write({
      op: 'introspect',
      client: this.#name,
      authorization: authorization.id,
      kind,
      token: nameOf(token),
      ...rest,
      ...(body.active !== undefined && { active: body.active }),
    });
  }

  async #clientCredentials(): Promise<void> {
    const application = this.#dice() < 0.5 ? orders.machine : orders.unsteadyMachine;
    const outcome = await ask(
      this.#target(),
      '/oauth2/token',
      new URLSearchParams({ grant_type: 'client_credentials' }),
      authentication(application),
    );
    if (!outcome) return;
    const { body: _, ...rest } = outcome;
    write({ op: 'client_credentials', client: this.#name, application: application.id, ...rest });
  }

  /** An assertion that is presented once, or to several servers, or again when no answer came. */
  async #jwtBearer(): Promise<void> {
    const application = this.#dice() < 0.5 ? orders.machine : orders.unsteadyMachine;
    const jti = randomUUID();
    const now = Math.floor(Date.now() / 1000);
    const assertion = signRs256(privateKey, {
      iss: application.client_id,
      sub: orders.actsAs.id,
      aud: orders.url,
      iat: now,
      exp: now + 300,
      jti,
    });
    const present = async () => {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion,
      });
      const outcome = await ask(this.#target(), '/oauth2/token', body, {}, this.#patience());
      if (!outcome) return null;
      const { body: _, ...rest } = outcome;
      write({
        op: 'jwt_bearer',
        client: this.#name,
        application: application.id,
        user: orders.actsAs.id,
        jti,
        ...rest,
      });
      return outcome;
    };
    if (this.#dice() < 0.3) await Promise.all([present(), present(), present()]);
    else {
      const outcome = await present();
      if (outcome?.answer === 'lost' || outcome?.answer === 'unavailable' || this.#dice() < 0.3) {
        await sleep(between(this.#dice, 0, 500));
        await present();
      }
    }
  }
}

/** Deactivates and disables, and makes it good again, over and over. Repeats what was not acknowledged. */
async function administrate(throwDice: Dice): Promise<void> {
  const target = { url: orders.url, port: orders.ports[0] as number };
  const admin = new Admin(target, orders.administrator);
  const subjects: { of: 'user' | 'application'; id: string }[] = [
    { of: 'user' as const, id: orders.victim.id },
    ...(orders.switchesApplications
      ? [
          { of: 'application' as const, id: orders.unsteadyWeb.id },
          { of: 'application' as const, id: orders.unsteadyMachine.id },
        ]
      : []),
  ];
  const set = async (of: 'user' | 'application', id: string, on: boolean) => {
    for (;;) {
      target.port = orders.ports[Math.floor(throwDice() * orders.ports.length)] as number;
      const began = Date.now();
      const answer = await admin
        .call('PATCH', `/${of}s/${id}`, of === 'user' ? { active: on } : { enabled: on })
        .catch((error: Error) => error);
      const isAnswer = !(answer instanceof Error);
      if (!isAnswer && (answer as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
        await sleep(100);
        continue;
      }
      const status = isAnswer ? answer.status : 0;
      write({
        op: 'switch',
        client: orders.name,
        of,
        subject: id,
        on,
        began,
        ended: Date.now(),
        answer: status === 200 ? 'ok' : status === 503 ? 'unavailable' : isAnswer ? 'odd' : 'lost',
        detail: isAnswer
          ? `${status} ${status === 200 ? '' : answer.text.slice(0, 200)}`
          : answer.message.slice(0, 100),
      });
      if (status === 200) return;
      await sleep(300);
    }
  };
  while (!calm) {
    await sleep(between(throwDice, 300, 2_500));
    const subject = subjects[Math.floor(throwDice() * subjects.length)] as (typeof subjects)[number];
    await set(subject.of, subject.id, false);
    await sleep(between(throwDice, 200, 2_500));
    await set(subject.of, subject.id, true);
  }
}

const throwDice = dice(orders.seed);
// Everybody first, so that what workers do last sees everything switched on again.
const administration = administrate(dice(throwDice() * 2 ** 32));
await Promise.all([
  administration,
  ...Array.from({ length: orders.workers }, (_, index) =>
    new Worker(`${orders.name}.${index}`, dice(throwDice() * 2 ** 32)).run(),
  ),
]);
flush();
process.disconnect?.();
