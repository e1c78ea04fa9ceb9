import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Application, AuditEvent } from '../api/types.ts';
import { applicationTypes } from '../applications/types.ts';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { Moment } from '../intl/time.tsx';
import { CodeBlock } from '../ui/code-block.tsx';
import { changedFields, listOf, recordOf, textOf } from './detail.ts';
import styles from './events.module.css';
import { FieldValue, fieldName, roleNames } from './field-values.tsx';
import { ApplicationName, UserName } from './names.tsx';

const limitNames: Record<string, MessageKey> = {
  account: 'audit.limit_account',
  address: 'audit.limit_address',
  account_and_address: 'audit.limit_account_and_address',
  known_browser: 'audit.limit_known_browser',
  client_and_address: 'audit.limit_client_and_address',
};

/** Everything that is known about an event: in words, and as the API gives it. */
export function EventFacts({ event }: { event: AuditEvent }) {
  const t = useText();
  const intl = useIntl();
  return (
    <div className={styles['facts']}>
      <dl>
        <Fact name={t('audit.fact_time')}>
          {intl.formatDate(event.time, { dateStyle: 'full', timeStyle: 'long' })}
        </Fact>
        <Fact name={t('audit.fact_ip')}>{event.ip}</Fact>
        <Fact name={t('audit.fact_via')}>
          {event.via && <ApplicationName id={event.via.application_id} />}
        </Fact>
        <FactsOfType event={event} />
      </dl>
      <Changes event={event} />
      <CodeBlock text={JSON.stringify(event, null, 2)} what={t('audit.raw')} />
    </div>
  );
}

function FactsOfType({ event }: { event: AuditEvent }) {
  const t = useText();
  const type = textOf(event, 'type') as Application['type'] | undefined;
  const role = textOf(event, 'role');
  const hint = textOf(event, 'hint');
  const scopes = listOf(event, 'scopes');
  const limit = textOf(event, 'limit');
  const signsFrom = textOf(event, 'signs_from');
  const actsFor = event.type === 'public_key.added' ? event.user_id : null;
  return (
    <>
      <Fact name={t('audit.fact_type')}>
        {type && applicationTypes[type] && t(applicationTypes[type].label)}
      </Fact>
      <Fact name={t('audit.fact_email')}>{textOf(event, 'email')}</Fact>
      <Fact name={t('audit.fact_role')}>{role && roleNames[role] && t(roleNames[role])}</Fact>
      <Fact name={t('audit.fact_scopes')}>
        {scopes.length > 0 && <FieldValue key="scopes" field="scopes" value={scopes} />}
      </Fact>
      <Fact name={t('audit.fact_client_secret')}>{hint && t('audit.fact_client_secret_hint', { hint })}</Fact>
      <Fact name={t('audit.fact_key_name')}>
        {event.type.startsWith('public_key.') && textOf(event, 'name')}
      </Fact>
      <Fact name={t('audit.fact_algorithm')}>{textOf(event, 'algorithm')}</Fact>
      <Fact name={t('audit.fact_key_id')}>{textOf(event, 'kid') ?? textOf(event, 'next_kid')}</Fact>
      <Fact name={t('audit.fact_dropped_key_id')}>{textOf(event, 'dropped_kid')}</Fact>
      <Fact name={t('audit.fact_signs_from')}>{signsFrom && <Moment at={signsFrom} />}</Fact>
      <Fact name={t('audit.fact_acts_for')}>{actsFor && <UserName id={actsFor} />}</Fact>
      <Fact name={t('audit.fact_limit')}>{limit && limitNames[limit] && t(limitNames[limit])}</Fact>
    </>
  );
}

/** A name and what belongs to it; nothing when nothing does. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What each field was and what it became, as far as the event says. */
function Changes({ event }: { event: AuditEvent }) {
  const t = useText();
  const fields = changedFields(event);
  const before = recordOf(event, 'before');
  // Of users the event itself holds what became of role and state.
  const after = event.type === 'user.updated' ? event.detail : recordOf(event, 'after');
  if (fields.length === 0) return null;
  if (event.type === 'user.updated')
    return (
      <dl>
        <div>
          <dt>{t('audit.changes')}</dt>
          <dd>
            <ul>
              {fields.map((field) => (
                <li key={field}>
                  {fieldName(t, field)}
                  {Object.hasOwn(after, field) && (
                    <>
                      {' → '}
                      <FieldValue field={field} value={after[field]} />
                    </>
                  )}
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    );
  return (
    <div className={styles['changes']}>
      <table>
        <caption>{t('audit.changes')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('audit.change_field')}</th>
            <th scope="col">{t('audit.change_before')}</th>
            <th scope="col">{t('audit.change_after')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field}>
              <th scope="row">{fieldName(t, field)}</th>
              <td>
                <FieldValue field={field} value={before[field]} />
              </td>
              <td>
                <FieldValue field={field} value={after[field]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
