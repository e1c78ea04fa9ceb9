/** A name and its value, in a header or a form. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A request of the trial, as it is shown and sent. */
export interface HttpRequest {
  /** `POST` unless given. */
  readonly method?: 'GET';
  readonly url: string;
  readonly headers: readonly Field[];
  /** Empty for `GET`. */
  readonly form: readonly Field[];
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly Field[];
  readonly text: string;
  /** The body, where it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** A request with its answer; null when none came. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly answer: HttpAnswer | null;
}

/** The headers of answers that tell a client something. */
const tellingHeaders = ['Content-Type', 'Cache-Control', 'WWW-Authenticate', 'Retry-After'];

/** Sends a request, without the browser's session: what counts is what the request itself carries. */
export async function send(request: HttpRequest): Promise<Exchange> {
  const { method = 'POST', form } = request;
  const { pathname } = new URL(request.url);
  try {
    const response = await fetch(pathname, {
      method,
      credentials: 'omit',
      cache: 'no-store',
      headers: request.headers.map(({ name, value }): [string, string] => [name, value]),
      ...(method === 'POST' && {
        body: new URLSearchParams(form.map(({ name, value }): [string, string] => [name, value])),
      }),
    });
    const text = await response.text();
    return {
      request,
      answer: {
        status: response.status,
        statusText: response.statusText,
        headers: tellingHeaders.flatMap((name) => {
          const value = response.headers.get(name);
          return value === null ? [] : [{ name, value }];
        }),
        text,
        json: parseObject(text),
      },
    };
  } catch {
    return { request, answer: null };
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the server did what was asked. */
export function succeeded(exchange: Exchange | undefined): exchange is Exchange & { answer: HttpAnswer } {
  return exchange?.answer != null && exchange.answer.status < 300;
}

/** A text member of an answer's JSON. */
export function textOf(exchange: Exchange | undefined, member: string): string | undefined {
  const value = exchange?.answer?.json?.[member];
  return typeof value === 'string' ? value : undefined;
}
