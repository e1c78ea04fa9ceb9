import { request } from 'node:https';
import { connect } from 'node:tls';
import { isLoopbackHost } from '../server/base/origin.ts';

/** A module of a plan: one test of the suite, with what the plan chose for it. */
export interface Module {
  readonly testModule: string;
  readonly variant?: Readonly<Record<string, string>>;
}

/** A URL that the suite wants a browser to be sent to. */
export interface Errand {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

export interface ModuleInfo {
  readonly status:
    | 'CREATED'
    | 'CONFIGURED'
    | 'RUNNING'
    | 'WAITING'
    | 'FINISHED'
    | 'INTERRUPTED'
    | 'NOT_YET_CREATED';
  readonly result?: 'PASSED' | 'WARNING' | 'REVIEW' | 'FAILED' | 'SKIPPED' | 'UNKNOWN' | null;
}

/** A line of a module's log. */
export interface LogEntry {
  readonly src: string;
  readonly msg?: string;
  readonly result?: 'SUCCESS' | 'INFO' | 'REVIEW' | 'WARNING' | 'FAILURE' | 'INTERRUPTED';
  readonly error?: string;
  /** The name under which the suite waits for a picture. */
  readonly upload?: string;
}

/**
 * The suite's REST API. On a loopback host its certificate may be one that it signed itself; anywhere else it is checked.
 */
export class Suite {
  readonly url: string;
  readonly #checksCertificate: boolean;

  constructor(url: string) {
    this.url = url;
    this.#checksCertificate = !isLoopbackHost(new URL(url).hostname);
  }

  /** Which version it is, such as `5.2.4`, and of which commit. */
  server(): Promise<{ version: string; revision: string }> {
    return this.#ask('GET', '/api/server');
  }

  createPlan(
    name: string,
    variant: Readonly<Record<string, string>>,
    configuration: object,
  ): Promise<{ id: string; modules: Module[] }> {
    const chosen = Object.keys(variant).length === 0 ? {} : { variant: JSON.stringify(variant) };
    return this.#ask(
      'POST',
      `/api/plan?${new URLSearchParams({ planName: name, ...chosen })}`,
      configuration,
    );
  }

  /** Makes a run of a module, which is configured by itself and then to be started. @returns its ID */
  async createRun(planId: string, { testModule, variant }: Module): Promise<string> {
    const chosen = variant === undefined ? {} : { variant: JSON.stringify(variant) };
    const query = new URLSearchParams({ test: testModule, plan: planId, ...chosen });
    return (await this.#ask<{ id: string }>('POST', `/api/runner?${query}`)).id;
  }

  async start(runId: string): Promise<void> {
    await this.#ask('POST', `/api/runner/${runId}`);
  }

  info(runId: string): Promise<ModuleInfo> {
    return this.#ask('GET', `/api/info/${runId}`);
  }

  /** Where the browser is to be sent now; empty once the run is over. */
  async errands(runId: string): Promise<readonly Errand[]> {
    const run = await this.#ask<{ browser?: { urlsWithMethod?: Errand[] } } | null>(
      'GET',
      `/api/runner/${runId}`,
    );
    return run?.browser?.urlsWithMethod ?? [];
  }

  async tellVisited(runId: string, url: string): Promise<void> {
    await this.#ask('POST', `/api/runner/browser/${runId}/visit?${new URLSearchParams({ url })}`);
  }

  log(runId: string): Promise<LogEntry[]> {
    return this.#ask('GET', `/api/log/${runId}`);
  }

  /** The name under which the run waits for a picture, or null. */
  async placeholder(runId: string): Promise<string | null> {
    return (await this.log(runId)).find(({ upload }) => upload !== undefined)?.upload ?? null;
  }

  /** @param png at most 500 KB; the suite takes two pictures a run */
  async fillPlaceholder(runId: string, placeholder: string, png: Buffer): Promise<void> {
    await this.#ask('POST', `/api/log/${runId}/images/${placeholder}`, asDataUrl(png));
  }

  async addPicture(runId: string, description: string, png: Buffer): Promise<void> {
    const query = new URLSearchParams({ description });
    await this.#ask('POST', `/api/log/${runId}/images?${query}`, asDataUrl(png));
  }

  /** The certificate that it shows, as PEM, for those who must trust it. */
  certificate(): Promise<string> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port || 443), servername: hostname, rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerX509Certificate()?.toString() ?? '');
          socket.end();
        },
      );
      socket.on('error', reject);
    });
  }

  /** @returns the JSON of the answer, null for 404 @throws Error with the answer when it is no success */
  #ask<T>(method: 'GET' | 'POST', path: string, body?: object | string): Promise<T> {
    const content = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
    // It wants to be told of JSON also where it wants no body.
    const type = typeof body === 'string' ? 'text/plain' : 'application/json';
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url + path,
        {
          method,
          rejectUnauthorized: this.#checksCertificate,
          timeout: 60_000,
          headers: {
            accept: 'application/json',
            'content-type': type,
            'content-length': Buffer.byteLength(content),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = answer.statusCode ?? 0;
            if (status === 404) return resolve(null as T);
            if (status >= 400)
              return reject(
                new Error(`the suite answered ${status} to ${method} ${path}: ${text.slice(0, 500)}`),
              );
            resolve((text === '' ? null : JSON.parse(text)) as T);
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`the suite did not answer ${method} ${path}`)));
      sent.on('error', reject);
      sent.end(content);
    });
  }
}

function asDataUrl(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}
