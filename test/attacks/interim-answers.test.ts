import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { createFetchSafely } from '../../server/base/fetch-safely.ts';

// A host that is asked for something may say that its answer follows, as often as it likes. It must not be listened to for long.

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

/** A server that writes this text, and then once more what follows whenever there is room for it. */
async function startFlood(text: string, repeated: string): Promise<string> {
  const server = createServer((socket) => {
    closing.push(() => socket.destroy());
    socket.on('error', () => {}).resume();
    socket.write(text);
    const push = () => {
      // A turn of its own for each, since it is in the process of the one that asks.
      if (repeated !== '' && socket.writable && socket.write(repeated)) setImmediate(push);
    };
    socket.on('drain', push);
    push();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://localhost:${(server.address() as { port: number }).port}/`;
}

const fetchSafely = createFetchSafely({ trustedHosts: [] });
const from = { url: 'http://localhost:3000' };
const interim = 'HTTP/1.1 102 Processing\r\n\r\n';

test('a host that sends interim answers without end is asked no longer', async () => {
  const began = performance.now();
  const target = await startFlood(interim.repeat(100), interim.repeat(100));
  await assert.rejects(fetchSafely(from, target), { name: 'FetchRefused', reason: 'too_large' });
  assert.ok(performance.now() - began < 1000);
});

test('a few interim answers before the answer are what HTTP allows', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
  const target = await startFlood(
    `${interim.repeat(4)}${hints}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
    '',
  );
  assert.deepEqual((await fetchSafely(from, target)).body, 'ok');
});
