import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { importUsers } from '../../accounts/import.ts';
import { linesOf } from '../../base/lines.ts';
import { MINUTE } from '../../base/units.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { Problem } from './http/problem.ts';
import { answer, problems, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';

const mediaType = 'application/x-ndjson';
/** Some two hundred thousand users. */
const mostBytes = 64 * 1024 * 1024;
/** How long one import may take until it has an answer. */
const patience = 30 * MINUTE;

/** POST /users/import. */
export async function registerUserImport(api: Api, services: Services): Promise<void> {
  // On an API of its own, which takes lines and nothing else.
  await api.register(async (plugin) => {
    const lines: Api = plugin.withTypeProvider<TypeBoxTypeProvider>();
    lines.removeAllContentTypeParsers();
    lines.addContentTypeParser(
      mediaType,
      { parseAs: 'buffer', bodyLimit: mostBytes },
      (_request, body, done) => done(null, body),
    );
    lines.post(
      '/users/import',
      {
        bodyLimit: mostBytes,
        // The lines are judged one by one; the schema is for the document.
        validatorCompiler:
          ({ httpPart }) =>
          (value: unknown) =>
            httpPart === 'body' || isQuery(value)
              ? { value }
              : { error: new Problem('validation_failed', 'dry_run must be true or false.') },
        schema: {
          operationId: 'importUsers',
          summary: 'Import users, one JSON object a line',
          description: `A line has \`email\` and \`name\`, and may have \`subject\`, \`role\`, \`active\`, \`locale\`, \`claims\`, \`email_verified\` and \`password_hash\`: a PHC string of argon2, scrypt or PBKDF2, or bcrypt. Users who are there already, by subject or email address, are changed; a hash counts for those only who have no password here. 64 MiB at most. ${takesRecentPassword}`,
          tags: ['users'],
          consumes: [mediaType],
          querystring: Type.Object({
            dry_run: Type.Optional(
              oneOf(['true', 'false'], {
                description: '`true`: nothing is written, and the answer is what would come of it.',
              }),
            ),
          }),
          body: Type.Unsafe<unknown>({ type: 'string' }),
          response: {
            200: answer(
              'What came of it. Lines that failed changed nothing, and keep none of the others from being taken.',
              Type.Object({
                created: Type.Integer(),
                updated: Type.Integer({ description: 'Users who were there already.' }),
                failed: Type.Array(
                  Type.Object({
                    line: Type.Integer({ description: 'The number of the line, from 1.' }),
                    code: Type.String({ description: 'As in problem documents.' }),
                    message: Type.String(),
                  }),
                ),
              }),
            ),
            ...problems(413, 415, 422),
          },
        },
      },
      async (request) => {
        const { caller, body, query, raw } = request;
        if (!Buffer.isBuffer(body))
          throw new Problem('unsupported_media_type', `The body must be sent as ${mediaType}.`);
        raw.socket.setTimeout(patience);
        const { created, updated, failed } = await importUsers(
          services,
          caller.act,
          linesOf(body),
          query.dry_run === 'true',
        );
        return { created, updated, failed: [...failed] };
      },
    );
  });
}

function isQuery(value: unknown): boolean {
  const { dry_run: dryRun, ...others } = value as Record<string, unknown>;
  return (
    (dryRun === undefined || dryRun === 'true' || dryRun === 'false') && Object.keys(others).length === 0
  );
}
