import { request as httpRequest } from 'node:http';
import type { Answer, Headers, Target } from './http.ts';

/** A request whose headers have arrived, and whose body is still to come. */
export interface LateBody {
  /** Sends the body. @returns the answer to it */
  send(): Promise<Answer>;
  /** Sends no body, and closes the connection. */
  giveUp(): void;
}

/**
 * Sends the headers of a request and keeps its body back. Whoever wants to be sure that the server has judged the headers makes another
 * request with the same authority and awaits its answer.
 * @param body text; `content-type` is among the headers
 */
export async function beginRequest(
  target: Target,
  path: string,
  { method, headers, body }: { method: string; headers: Headers; body: string | Uint8Array },
): Promise<LateBody> {
  const bytes = Buffer.from(body);
  const request = httpRequest({
    host: '127.0.0.1',
    port: target.port,
    path,
    method,
    headers: { host: new URL(target.url).host, ...headers, 'content-length': String(bytes.byteLength) },
    agent: false,
    setHost: false,
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: <T>() => JSON.parse(text) as T,
        });
      });
    });
  });
  answer.catch(() => {}); // it is awaited when the body is sent
  request.flushHeaders();
  await new Promise<void>((resolve) =>
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => resolve());
      else resolve();
    }),
  );
  return {
    send: () => {
      request.end(bytes);
      return answer;
    },
    giveUp: () => {
      request.destroy();
    },
  };
}
