import { connect } from 'node:net';

/** Sends bytes over a new connection. @returns what came back until the server closed it; fails after five seconds */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `the connection stayed open after ${JSON.stringify(bytes.slice(0, 60))}, having said ${answer}`,
        ),
      );
    }, 5_000);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
