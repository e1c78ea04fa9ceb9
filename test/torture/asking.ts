import type { ApplicationView } from '../support/admin.ts';
import { type Answer, basic, type Headers, send, type Target } from '../support/http.ts';
import type { Tokens } from '../support/oauth-client.ts';
import type { Answered } from './history.ts';
import { hungUp } from './judge.ts';

/** What came of one request; null when it never reached a server. */
export type Outcome = {
  began: number;
  ended: number;
  answer: Answered;
  detail: string;
  body: Partial<Tokens> & { active?: boolean };
} | null;

/** One request. @param patience milliseconds after which the client hangs up, whatever is under way */
export async function ask(
  target: Target,
  path: string,
  body: URLSearchParams,
  headers: Headers = {},
  patience?: number,
): Promise<Outcome> {
  const began = Date.now();
  try {
    const answer = await send(target, path, {
      body,
      headers,
      ...(patience === undefined ? {} : { timeout: patience }),
    });
    return { began, ended: Date.now(), ...read(answer) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED') return null;
    const hungUpOn = message.startsWith(hungUp) && patience === undefined;
    return {
      began,
      ended: Date.now(),
      answer: hungUpOn ? 'odd' : 'lost',
      detail: code ?? message.slice(0, 40),
      body: {},
    };
  }
}

function read(answer: Answer): { answer: Answered; detail: string; body: Partial<Tokens> } {
  const { status, text } = answer;
  if (status === 200)
    return { answer: 'ok', detail: '200', body: text === '' ? {} : answer.json<Partial<Tokens>>() };
  const error = /"error":"(\w+)"/.exec(text)?.[1] ?? text.slice(0, 200);
  const detail = `${status} ${error}`;
  if (status === 503 && answer.headers['retry-after'] !== undefined)
    return { answer: 'unavailable', detail, body: {} };
  if (detail === '400 invalid_grant' || detail === '401 invalid_client')
    return { answer: 'refused', detail, body: {} };
  return { answer: 'odd', detail, body: {} };
}

export function authentication(application: ApplicationView): Headers {
  return { authorization: basic(application.client_id, application.client_secret ?? '') };
}
