import { Problem } from './problem.ts';

/** What asks for the password again when the server wants it, set by the shell. */
let askForPassword: (() => Promise<boolean>) | undefined;
let asking: Promise<boolean> | undefined;

/** Tells what to do when a dangerous act needs a fresh sign-in: resolves to true once the password was given. */
export function onReauthentication(ask: () => Promise<boolean>): void {
  askForPassword = ask;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Sent as JSON, or as it is when it is a Blob. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One call of the REST API with the browser's session.
 * @param path below `/api/v1`
 * @returns the answer's JSON; undefined for a 204
 * @throws Problem for every refusal. Without a session it leads to the sign-in page and never returns
 */
export async function call<Answer>(
  path: string,
  { method = 'GET', body, signal }: Call = {},
): Promise<Answer> {
  const response = await send(path, method, body, signal);
  if (response.status === 401) {
    leaveForSignIn();
    return new Promise<never>(() => {});
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
  const problem = await readProblem(response);
  if (problem.code === 'reauthentication_required' && (await passwordIsGiven()))
    return call(path, { method, body, signal });
  throw problem;
}

/** Whether the user gives their password. Refusals that come while they are asked wait for the one answer. */
function passwordIsGiven(): Promise<boolean> {
  asking ??= (askForPassword?.() ?? Promise.resolve(false)).finally(() => {
    asking = undefined;
  });
  return asking;
}

async function send(path: string, method: string, body: unknown, signal: AbortSignal | undefined) {
  const isBlob = body instanceof Blob;
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': isBlob ? body.type : 'application/json' }),
      },
      ...(body !== undefined && { body: isBlob ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ status: 0, code: 'unreachable', detail: 'The server could not be reached.' });
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const fallback = { status: response.status, code: 'unexpected', detail: response.statusText };
  const document = await response.json().catch(() => ({}));
  return new Problem({ ...fallback, ...document, ...(retryAfter !== undefined && { retryAfter }) });
}

/** To the sign-in page, and back to where the user is. */
export function leaveForSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(`/login?${new URLSearchParams({ return_to: here })}`);
}
