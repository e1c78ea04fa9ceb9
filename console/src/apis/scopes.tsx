import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Badge } from '@react-spectrum/s2/Badge';
import { Button } from '@react-spectrum/s2/Button';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import EditIcon from '@react-spectrum/s2/icons/Edit';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { maxScopesOfApi } from '../../../server/model/api.ts';
import { adminScope, builtInScopes } from '../../../server/model/scopes.ts';
import type { Api, ApiScope } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import styles from './apis.module.css';
import { RemoveScopeDialog } from './remove-scope.tsx';
import { ScopeDialog } from './scope-dialog.tsx';
import { useClients } from './use-clients.ts';

type Doing = { readonly what: 'add' } | { readonly what: 'change' | 'remove'; readonly scope: ApiScope };

/** What applications may ask for at an API: its scopes, to add, change and remove. */
export function ScopesSection({ api }: { api: Api }) {
  const t = useText();
  const intl = useIntl();
  const clients = useClients(api);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const usedBy = (name: string) =>
    clients?.filter(({ scopes }) => scopes.includes(name)).map(({ application }) => application.name);
  return (
    <Section
      title={t('connect.scopes')}
      description={t(api.is_default ? 'apis.scopes_about_default' : 'apis.scopes_about', {
        names: intl.formatList(builtInScopes),
      })}
      actions={
        <Button
          variant="secondary"
          isDisabled={api.scopes.length >= maxScopesOfApi}
          onPress={() => setDoing({ what: 'add' })}
        >
          {t('apis.scope_add')}
        </Button>
      }
    >
      {api.scopes.length === 0 ? (
        <p className={parts['empty']}>{t('apis.scopes_none')}</p>
      ) : (
        <ul className={styles['rows']} aria-label={t('connect.scopes')}>
          {api.scopes.map((scope) => (
            <ScopeRow
              key={scope.name}
              scope={scope}
              usedBy={usedBy(scope.name)}
              isNeeded={api.is_default && scope.name === adminScope}
              onDo={(what) => setDoing({ what, scope })}
            />
          ))}
        </ul>
      )}
      {(doing?.what === 'add' || doing?.what === 'change') && (
        <ScopeDialog api={api} scope={doing.what === 'change' ? doing.scope : undefined} onClose={close} />
      )}
      {doing?.what === 'remove' && <RemoveScopeDialog api={api} name={doing.scope.name} onClose={close} />}
    </Section>
  );
}

function ScopeRow(props: {
  scope: ApiScope;
  /** The names of the applications that have it; undefined as long as nobody knows. */
  usedBy: readonly string[] | undefined;
  /** Whether the server itself cannot be without it. */
  isNeeded: boolean;
  onDo: (what: 'change' | 'remove') => void;
}) {
  const t = useText();
  const intl = useIntl();
  const { scope, usedBy, isNeeded, onDo } = props;
  const { name, description, descriptions, claims } = scope;
  const why = isNeeded
    ? t('apis.scope_admin')
    : usedBy !== undefined && usedBy.length > 0
      ? t('apis.scope_in_use', { names: intl.formatList(usedBy) })
      : undefined;
  const languages = Object.keys(descriptions);
  return (
    <li className={styles['scope']}>
      <div className={parts['named']}>
        <strong>
          <code>{name}</code>
          {scope.default && (
            <Badge variant="neutral" fillStyle="subtle" size="S">
              {t('apis.scope_is_default')}
            </Badge>
          )}
        </strong>
        {languages.length > 0 && (
          <span className={parts['hint']}>
            {t('apis.scope_languages', { languages: languages.join(', ') })}
          </span>
        )}
        {claims.length > 0 && (
          <span className={parts['hint']}>{t('apis.scope_claims_are', { claims: claims.join(', ') })}</span>
        )}
      </div>
      <div className={styles['part']}>
        <span>{description}</span>
        {why !== undefined && <span className={parts['hint']}>{why}</span>}
      </div>
      <div className={styles['acts']}>
        <ActionButton isQuiet aria-label={t('apis.scope_change', { name })} onPress={() => onDo('change')}>
          <EditIcon />
        </ActionButton>
        <ActionButton
          isQuiet
          isDisabled={why !== undefined || usedBy === undefined}
          aria-label={t('apis.scope_remove', { name })}
          onPress={() => onDo('remove')}
        >
          <DeleteIcon />
        </ActionButton>
      </div>
    </li>
  );
}
