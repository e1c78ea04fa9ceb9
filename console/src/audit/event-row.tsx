import ChevronDownIcon from '@react-spectrum/s2/icons/ChevronDown';
import { useId, useState } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { AuditEvent } from '../api/types.ts';
import { type Text, useText } from '../intl/text.ts';
import { Ago } from '../intl/time.tsx';
import { changedFields, listOf, textOf } from './detail.ts';
import { eventType, UnknownEventIcon } from './event-types.ts';
import styles from './events.module.css';
import { EventFacts } from './facts.tsx';
import { fieldName } from './field-values.tsx';
import { ApplicationName } from './names.tsx';
import { EventSentence } from './sentence.tsx';

/** One event: what happened in a sentence, what matters about it, and on request everything. */
export function EventRow({ event, isNew }: { event: AuditEvent; isNew: boolean }) {
  const t = useText();
  const intl = useIntl();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const type = eventType(event.type);
  const Icon = type?.Icon ?? UnknownEventIcon;
  const brief = [
    intl.formatTime(event.time, { timeStyle: 'short' }),
    inBrief(t, intl, event),
    event.ip !== null && t('audit.from_address', { ip: event.ip }),
  ].filter((part) => typeof part === 'string' && part !== '');
  return (
    <li className={styles['event']} data-new={isNew || undefined}>
      <span className={styles['icon']} data-tone={type?.tone ?? 'neutral'} aria-hidden="true">
        <Icon />
      </span>
      <div className={styles['words']}>
        <p className={styles['sentence']} id={id}>
          <EventSentence event={event} />
        </p>
        <p className={styles['brief']}>
          {brief.join(' · ')}
          {event.via && (
            <>
              {' · '}
              {t.rich('audit.via', { application: <ApplicationName id={event.via.application_id} /> })}
            </>
          )}
        </p>
      </div>
      <span className={styles['ago']}>
        <Ago at={event.time} />
      </span>
      <button
        type="button"
        className={styles['toggle']}
        id={`${id}-toggle`}
        aria-label={t('audit.details')}
        aria-labelledby={`${id}-toggle ${id}`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronDownIcon />
      </button>
      {isOpen && <EventFacts event={event} />}
    </li>
  );
}

/** Whether the sentence names the one thing that changed. */
function saysItAll(event: AuditEvent): boolean {
  const [field, ...more] = changedFields(event);
  return more.length === 0 && ['enabled', 'logo_uri', 'active', 'role', 'password'].includes(field ?? '');
}

/** What matters most about an event beside its sentence. */
function inBrief(t: Text, intl: IntlShape, event: AuditEvent): string | undefined {
  const changed = changedFields(event);
  const hint = textOf(event, 'hint');
  const scopes = listOf(event, 'scopes');
  if (saysItAll(event)) return undefined;
  if (changed.length > 0) return intl.formatList(changed.map((field) => fieldName(t, field)));
  if (hint !== undefined) return t('audit.fact_client_secret_hint', { hint });
  if (scopes.length > 0) return intl.formatList(scopes);
  if (event.type.startsWith('public_key.')) return textOf(event, 'name');
  if (event.type === 'user.created') return textOf(event, 'email');
  return undefined;
}
