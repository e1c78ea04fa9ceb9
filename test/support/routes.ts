import type { FastifyInstance } from 'fastify';

export interface Route {
  readonly method: string;
  /** With its parameters by name: `/logos/:application_id/:version`. */
  readonly path: string;
}

/** Every route of the server, read from what it prints about itself, so that none can be forgotten. */
export function routesOf(server: FastifyInstance): Route[] {
  const parents: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', segment = '', methods = ''] =
        /^([│\s]*)[├└]── (\S+) \(([^)]*)\)/.exec(line) ?? [];
      if (segment === '') return [];
      const depth = indent.length / 4;
      parents.length = depth;
      parents.push(segment);
      return methods
        .split(', ')
        .map((method) => ({ method, path: parents.join('').replace('/console*', '/console/*') }));
    });
}
