/**
 * Serves the page: four files and its settings, nothing that knows a secret. Environment: ISSUER, CLIENT_ID, PORT, API.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const { ISSUER = 'http://localhost:3000', CLIENT_ID = '', PORT = '3002' } = process.env;
const { API = 'http://localhost:3003' } = process.env;

const here = (name: string) => readFileSync(new URL(name, import.meta.url));
const files: Record<string, { type: string; body: Buffer | string }> = {
  '/': { type: 'text/html', body: here('index.html') },
  '/app.js': { type: 'text/javascript', body: here('app.js') },
  '/oauth4webapi.js': {
    type: 'text/javascript',
    body: readFileSync(fileURLToPath(import.meta.resolve('oauth4webapi'))),
  },
  '/settings.json': {
    type: 'application/json',
    body: JSON.stringify({ issuer: ISSUER, clientId: CLIENT_ID, api: API }),
  },
};

const server = createServer((request, response) => {
  const file = files[new URL(request.url ?? '/', 'http://localhost').pathname];
  if (!file || request.method !== 'GET') return void response.writeHead(404).end();
  response.writeHead(200, {
    'Content-Type': `${file.type}; charset=utf-8`,
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ${ISSUER} ${API}; frame-ancestors 'none'; base-uri 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  });
  response.end(file.body);
});

server.listen(Number(PORT), '127.0.0.1', () =>
  process.stdout.write(`single-page client: http://localhost:${PORT}\n`),
);
process.once('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
