import type { FastifyInstance } from 'fastify';
import { notJson, Problem } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON bodies and no others. An empty one counts as none, since clients send some content type with a DELETE or a
 * POST without a body too. `__proto__` comes out as a field like any other, which the schemas do not know.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    let json: unknown;
    try {
      json = JSON.parse(utf8.decode(body as Buffer));
    } catch {
      return done(new Problem('malformed_json', 'The body is not well-formed JSON in UTF-8.'));
    }
    done(null, json);
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    done(notJson());
  });
}
