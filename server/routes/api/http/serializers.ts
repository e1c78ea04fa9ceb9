import { createRequire } from 'node:module';
import type { FastifyServerOptions } from 'fastify';

const require = createRequire(import.meta.url);

type BuildSerializer = NonNullable<
  NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>['buildSerializer']
>;

/**
 * What writes the answers of the REST API by their schemas, as Fastify makes it, but each when its first answer is
 * written: to make all of them would take a sixth of the time until the server is ready.
 */
export const buildSerializer: BuildSerializer = (schemas, options) => {
  let compile: ReturnType<BuildSerializer> | undefined;
  return (route) => {
    let serialize: ReturnType<NonNullable<typeof compile>> | undefined;
    return (answer) => {
      compile ??= load().SerializerSelector()(schemas, options);
      serialize ??= compile(route);
      return serialize(answer);
    };
  };
};

/** At once, since serializers are made in the middle of an answer. */
function load(): typeof import('@fastify/fast-json-stringify-compiler') {
  return require('@fastify/fast-json-stringify-compiler');
}
