import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A server under test: what it is called from outside, and the port of 127.0.0.1 that it listens on. */
export interface Target {
  /** Public base URL without a trailing slash; its host goes into the Host header. */
  readonly url: string;
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. @throws SyntaxError with the body in its message when it is none */
  json<T = Record<string, unknown>>(): T;
}

export type Headers = Record<string, string | string[]>;

export interface Message {
  method?: string;
  headers?: Headers;
  /** URLSearchParams and plain objects set their content type (form, JSON) unless the headers do. */
  body?: URLSearchParams | string | Uint8Array | object;
  /** Milliseconds to wait for the whole answer; 20 s unless told. */
  timeout?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 30_000 });

/**
 * One request as a program without a browser sends it: no header but those given, no redirect followed.
 * @param path a path that begins with a slash, sent as it is, or a URL of the target
 */
export function send(target: Target, path: string, message: Message = {}): Promise<Answer> {
  const { body, type } = encode(message.body);
  const headers: Headers = {
    host: new URL(target.url).host,
    ...(type ? { 'content-type': type } : {}),
    ...message.headers,
  };
  if (body !== undefined && !('transfer-encoding' in headers))
    headers['content-length'] = String(body.byteLength);
  const method = message.method ?? (body === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: target.port,
        path: pathOf(target, path),
        method,
        headers,
        agent,
        setHost: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: () => parse(text),
          });
        });
      },
    );
    const wait = message.timeout ?? 20_000;
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${wait} ms: ${method} ${path.slice(0, 200)}`)),
      wait,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** The value of `Authorization` for HTTP Basic, form-encoded as RFC 6749 2.3.1 asks. */
export function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function pathOf(target: Target, path: string): string {
  return path.startsWith(`${target.url}/`) ? path.slice(target.url.length) : path;
}

function encode(body: Message['body']): { body: Uint8Array | undefined; type?: string } {
  if (body === undefined) return { body: undefined };
  if (typeof body === 'string') return { body: Buffer.from(body) };
  if (body instanceof Uint8Array) return { body };
  if (body instanceof URLSearchParams)
    return { body: Buffer.from(body.toString()), type: 'application/x-www-form-urlencoded' };
  return { body: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new SyntaxError(`not JSON: ${text.slice(0, 500)}`);
  }
}
