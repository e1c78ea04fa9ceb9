import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON bodies and no others. An empty one counts as none, since clients send the content type with a DELETE or a
 * POST without a body too.
 */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      return done(new Problem('malformed_json', 'The body is not well-formed JSON in UTF-8.'));
    }
    parse(request, text, done);
  });
}
