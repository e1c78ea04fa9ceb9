import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from './problem.ts';

const methods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Remembers the routes that are registered from now on.
 * @returns what to call after the last one: the other methods of each path are then a 405 with `Allow` (RFC 9110 15.5.6)
 */
export function answerOtherMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>();
  let complete = false;
  app.addHook('onRoute', ({ path, prefix, method }) => {
    if (complete) return;
    const below = path.slice(prefix.length);
    const known = allowed.get(below) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    if (known.has('GET')) known.add('HEAD');
    allowed.set(below, known);
  });
  return () => {
    complete = true;
    for (const [path, known] of allowed) {
      const allow = [...known].sort().join(', ');
      app.route({
        method: methods.filter((method) => !known.has(method)),
        url: path,
        exposeHeadRoute: false,
        schema: { hide: true },
        // Before the body is read: it does not matter.
        onRequest: async () => {
          throw new Problem('method_not_allowed', `This path answers ${allow}.`, { headers: { allow } });
        },
        handler: () => {},
      });
    }
  };
}
