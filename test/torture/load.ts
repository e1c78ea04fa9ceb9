import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import { type Answer, send, type Target } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, type Tokens } from '../support/oauth-client.ts';
import { type Dice, pick } from './options.ts';

const second = 1_000;
/** Authorizations that are refreshed in turn. */
const mostAuthorizations = 400;
/** Requests under way when the maximum is measured. */
const concurrency = 16;
/** More than this under way at once, and the server does not keep up. */
const mostWaiting = 2_000;

type Operation = 'refresh' | 'introspect' | 'client_credentials' | 'jwt_bearer' | 'grant';
/** What a server does all day, as shares. */
const mixture: readonly (readonly [Operation, number])[] = [
  ['refresh', 40],
  ['introspect', 30],
  ['client_credentials', 15],
  ['jwt_bearer', 5],
  ['grant', 10],
];

/** What came of one stretch of time. */
export interface Sample {
  readonly requests: number;
  /** Milliseconds from when the operation was due to its last answer. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory of the server at the end, in MiB; 0 where the system does not tell. */
  readonly memory: number;
}

interface Visitor {
  readonly person: Person;
  readonly browser: Browser;
}

/** Operations of clients and users, mixed by dice, against one server. Every answer that is not as it should be is an error. */
export class Load {
  readonly errors: string[] = [];
  readonly #target: Target;
  readonly #pid: number;
  readonly #dice: Dice;
  readonly #keys: KeyPair = rsaKeyPair();
  readonly #people: Visitor[] = [];
  readonly #refreshTokens: string[] = [];
  #web!: ApplicationView;
  #machine!: ApplicationView;
  #actsAs = '';
  #accessTokens: string[] = [];

  constructor(target: Target, pid: number, throwDice: Dice) {
    this.#target = target;
    this.#pid = pid;
    this.#dice = throwDice;
  }

  /** Registers what there has to be. */
  async prepare(administrator: Person, people: number): Promise<void> {
    const admin = new Admin(this.#target, administrator);
    this.#web = await admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
    });
    this.#machine = await admin.createApplication({ type: 'machine' });
    const { id } = await admin.must<{ id: string }>('GET', '/me');
    await admin.addPublicKey(this.#machine.id, this.#keys.publicPem, id);
    this.#actsAs = id;
    for (let index = 0; index < people; index++)
      this.#people.push({ person: await admin.createUser(), browser: new Browser(this.#target) });
    for (let index = 0; index < 5 * people; index++) await this.#grant();
  }

  /** As fast as the server answers. @returns operations a second */
  async measureMaximum(milliseconds: number): Promise<number> {
    const until = performance.now() + milliseconds;
    let count = 0;
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (performance.now() < until) {
          await this.#once();
          count++;
        }
      }),
    );
    return (count / milliseconds) * second;
  }

  /** At a steady rate, whether or not the server keeps up. @param rate operations a second */
  async run(rate: number, milliseconds: number): Promise<Sample> {
    const latencies: number[] = [];
    const underWay = new Set<Promise<void>>();
    const began = performance.now();
    for (let count = 0; ; count++) {
      const due = began + (count / rate) * second;
      if (due - began >= milliseconds) break;
      const early = due - performance.now();
      if (early > 1) await sleep(early);
      if (underWay.size > mostWaiting) {
        this.errors.push(`${mostWaiting} requests were waiting`);
        break;
      }
      const one = this.#once().then(() => {
        latencies.push(performance.now() - due);
        underWay.delete(one);
      });
      underWay.add(one);
    }
    await Promise.all(underWay);
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
    return { requests: latencies.length, p50: at(0.5), p99: at(0.99), memory: this.#memory() };
  }

  async #once(): Promise<void> {
    const operation = pick(this.#dice, mixture);
    try {
      await this.#perform(operation);
    } catch (error) {
      this.errors.push(`${operation}: ${(error as Error).message.slice(0, 300)}`);
    }
  }

  async #perform(operation: Operation): Promise<void> {
    const web = new OAuthClient(this.#target, this.#web);
    const machine = new OAuthClient(this.#target, this.#machine);
    switch (operation) {
      case 'grant':
        return this.#grant();
      case 'refresh': {
        const taken = this.#refreshTokens.shift();
        if (!taken) return this.#grant();
        return this.#keep(expect(await web.refresh(taken)).json<Tokens>());
      }
      case 'introspect': {
        const token = this.#accessTokens[Math.floor(this.#dice() * this.#accessTokens.length)] as string;
        if (!expect(await web.introspect(token)).json<{ active: boolean }>().active)
          throw new Error('a good access token is not active');
        return;
      }
      case 'client_credentials':
        expect(await machine.token({ grant_type: 'client_credentials' }));
        return;
      case 'jwt_bearer': {
        const assertion = signRs256(this.#keys.privateKey, {
          iss: this.#machine.client_id,
          sub: this.#actsAs,
          aud: this.#target.url,
          exp: Math.floor(Date.now() / 1000) + 300,
          jti: randomUUID(),
        });
        expect(
          await send(this.#target, '/oauth2/token', {
            body: new URLSearchParams({
              grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
              assertion,
            }),
          }),
        );
      }
    }
  }

  async #grant(): Promise<void> {
    const { person, browser } = this.#people[Math.floor(this.#dice() * this.#people.length)] as Visitor;
    this.#keep(await new OAuthClient(this.#target, this.#web).authorize(browser, person));
  }

  #keep({ refresh_token: refresh = '', access_token: access }: Tokens): void {
    if (this.#refreshTokens.length < mostAuthorizations) this.#refreshTokens.push(refresh);
    this.#accessTokens.push(access);
    if (this.#accessTokens.length > mostAuthorizations)
      this.#accessTokens = this.#accessTokens.slice(-mostAuthorizations / 2);
  }

  #memory(): number {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8')) ?? [];
      return Math.round(Number(kilobytes) / 1024);
    } catch {
      return 0;
    }
  }
}

function expect(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}
