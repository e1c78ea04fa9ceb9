/** `npm run screens`: every screen in every state, on made-up data, until Ctrl-C. */
import { startScreens } from './server.ts';

const port = Number(process.env['PORT'] ?? 4100);
const { url, close } = await startScreens(port);
process.stdout.write(`Every screen in every state: ${url}\nCtrl-C ends it.\n`);
process.once('SIGINT', () => void close().then(() => process.exit(0)));
