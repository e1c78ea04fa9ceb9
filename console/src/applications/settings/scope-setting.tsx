import { Checkbox, CheckboxGroup } from '@react-spectrum/s2/CheckboxGroup';
import { useId } from 'react';
import { offlineAccess, type Scope } from '../../../../server/model/instance.ts';
import { identityScopes } from '../../../../server/model/scopes.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import { scopeWords } from '../scope-words.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

type Shown = Pick<Scope, 'name' | 'description'>;

/** What the application may ask for, of what the instance has. */
export function ScopeSetting({ settings }: { settings: Settings }) {
  const t = useText();
  const { application, instance, draft } = settings;
  const isMachine = application.type === 'machine';
  const access = [...instance.scopes, ...(isMachine ? [] : named([offlineAccess]))];
  const known = [...(isMachine ? [] : identityScopes), ...access.map(({ name }) => name)];
  // One that the instance has no more is shown all the same, so that it can be taken away.
  const gone = draft.scopes.filter((name) => !known.includes(name));
  const rest = [...access, ...named(gone)];
  return (
    <FieldPlace path="scopes" settings={settings}>
      <CheckboxGroup
        label={t('field.application.scopes')}
        description={t('field.application.scopes_help')}
        value={[...draft.scopes]}
        onChange={(scopes) => {
          settings.set('scopes', scopes);
          settings.visit('scopes');
        }}
        {...fieldProps(settings, 'scopes')}
      >
        {isMachine ? (
          <Scopes scopes={rest} />
        ) : (
          <div className={styles['scopes']}>
            <ScopeGroup title="settings.scopes_identity" scopes={named(identityScopes)} />
            <ScopeGroup title="settings.scopes_access" scopes={rest} />
          </div>
        )}
      </CheckboxGroup>
    </FieldPlace>
  );
}

function named(names: readonly string[]): Shown[] {
  return names.map((name) => ({ name, description: '' }));
}

function ScopeGroup({ title, scopes }: { title: MessageKey; scopes: readonly Shown[] }) {
  const t = useText();
  const heading = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset within the group would need a legend of its own look
    <div role="group" aria-labelledby={heading} className={styles['scope-group']}>
      <span id={heading} className={styles['scope-group-title']}>
        {t(title)}
      </span>
      <Scopes scopes={scopes} />
    </div>
  );
}

function Scopes({ scopes }: { scopes: readonly Shown[] }) {
  const t = useText();
  return scopes.map((scope) => (
    <Checkbox key={scope.name} value={scope.name} description={scopeWords(t, scope)}>
      <code className={styles['scope']}>{scope.name}</code>
    </Checkbox>
  ));
}
