import type { ReactNode } from 'react';
import { builtInScopes } from '../../../../server/model/scopes.ts';
import { useApis } from '../../api/apis.ts';
import type { Authorization } from '../../api/types.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import { Ago, Day, Moment } from '../../intl/time.tsx';
import { named, useScopeWords } from '../scope-words.ts';
import styles from './authorizations.module.css';

/** What an authorization allows, since when, and until when and why. */
export function AuthorizationFacts({ authorization }: { authorization: Authorization }) {
  const t = useText();
  const { created_at, last_used_at, expires_at } = authorization;
  return (
    <dl className={styles['facts']}>
      <Fact name={t('people.may')}>
        <Scopes names={authorization.scopes} />
      </Fact>
      <Fact name={t('people.since')}>
        <Day at={created_at} />
      </Fact>
      <Fact name={t('people.last_refreshed')}>
        {last_used_at === null ? t('people.not_refreshed') : <Ago at={last_used_at} />}
      </Fact>
      <Fact name={t('people.ends')}>
        {expires_at === null ? t('people.ends_never') : <Moment at={expires_at} />}
        <span className={styles['why']}>{t(whyItEnds[authorization.expires_because ?? 'never'])}</span>
      </Fact>
    </dl>
  );
}

const whyItEnds: Record<'absolute' | 'inactivity' | 'never', MessageKey> = {
  absolute: 'people.ends_absolute_why',
  inactivity: 'people.ends_inactivity_why',
  never: 'people.ends_never_why',
};

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Scopes({ names }: { names: readonly string[] }) {
  const { data: apis = [] } = useApis();
  const words = useScopeWords();
  const known = [...apis.flatMap(({ scopes }) => scopes), ...named(builtInScopes)];
  // Nothing for a scope that no API has any longer.
  const wordsOf = (name: string) => {
    const scope = known.find((each) => each.name === name);
    return scope && words(scope);
  };
  return (
    <ul className={styles['scopes']}>
      {names.map((name) => (
        <li key={name}>
          <code>{name}</code> {wordsOf(name)}
        </li>
      ))}
    </ul>
  );
}
