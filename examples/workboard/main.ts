/** Starts workboard. Environment: ISSUER, PORT, ORIGINS (comma-separated origins of single-page apps). */
import { buildWorkboard } from './app.ts';

const { ISSUER = 'http://localhost:3000', PORT = '3003', ORIGINS = 'http://localhost:3002' } = process.env;

const app = buildWorkboard({ issuer: ISSUER, origins: ORIGINS.split(',') });
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
process.stdout.write(`workboard: http://localhost:${PORT}/attask/api/v19.0/proj/search\n`);
process.once('SIGTERM', () => app.close());
