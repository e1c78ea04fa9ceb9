import { reportActivity, type SeenUser } from '../../accounts/activity.ts';
import { parseId } from '../../base/ids.ts';
import { type FieldError, refuseFieldErrors } from '../../base/refusal.ts';
import { fromRfc3339 } from '../../base/units.ts';
import { isSubject } from '../../model/user-rules.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { answer, problems } from './http/schema.ts';
import Type from './http/schema-builders.ts';

/** Users in one report. */
const most = 1000;

const Seen = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'The ID of the user.' })),
    subject: Type.Optional(
      Type.String({ maxLength: 255, description: 'What tokens call the user; instead of `id`.' }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        maxLength: 40,
        description:
          'When, as RFC 3339; now by default. The future counts as now, and nothing takes the last activity back.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** POST /activity. */
export function registerActivity(api: Api, services: Services): void {
  api.post(
    '/activity',
    {
      // A thousand subjects of 255 characters, and their moments.
      bodyLimit: 512 * 1024,
      schema: {
        operationId: 'reportActivity',
        summary: 'Report that users were active',
        description:
          'For a product where people are signed in all day without coming here: what it reports counts for inactivity expiration as the use of a browser session does.',
        tags: ['users'],
        body: Type.Object(
          { users: Type.Array(Seen, { minItems: 1, maxItems: most }) },
          { additionalProperties: false },
        ),
        response: {
          200: answer(
            'What was noted.',
            Type.Object({
              updated: Type.Integer({ description: 'How many of the users there are.' }),
              unknown: Type.Array(Type.Integer(), {
                description: 'The places in the list, from 0, of those whom nobody here is called.',
              }),
            }),
          ),
          ...problems(413, 415, 422),
        },
      },
    },
    async ({ caller, body: { users } }) => {
      const errors: FieldError[] = [];
      const seen = users.flatMap((each, index): SeenUser[] => {
        const { id, subject, at } = each;
        const moment = at === undefined ? undefined : fromRfc3339(at);
        if ((id === undefined) === (subject === undefined))
          errors.push({ path: `users.${index}`, message: 'must have either id or subject' });
        if (at !== undefined && moment === undefined)
          errors.push({
            path: `users.${index}.at`,
            message: 'must be a time of RFC 3339, such as 2026-01-31T12:00:00Z',
          });
        return [{ user: userOf(id, subject), at: moment }];
      });
      refuseFieldErrors(errors);
      const unknown = await reportActivity(services, caller.act, seen);
      return { updated: users.length - unknown.length, unknown };
    },
  );
}

/** What has neither the form of an ID nor that of a subject is nobody's, as the empty subject is. */
function userOf(id: string | undefined, subject = ''): SeenUser['user'] {
  const parsed = parseId(id);
  if (parsed) return { id: parsed };
  return { subject: id === undefined && isSubject(subject) ? subject : '' };
}
