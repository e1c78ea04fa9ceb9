import { Checkbox, CheckboxGroup } from '@react-spectrum/s2/CheckboxGroup';
import { useId, useState } from 'react';
import { useIntl } from 'react-intl';
import { offlineAccess } from '../../../../server/model/instance.ts';
import { identityScopes } from '../../../../server/model/scopes.ts';
import { useText } from '../../intl/text.ts';
import { type DescribedScope, named, useScopeWords } from '../scope-words.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

interface Group {
  readonly key: string;
  /** Undefined where there is nothing to tell apart. */
  readonly title: string | undefined;
  readonly scopes: readonly DescribedScope[];
  /** Whether it is one of many, which is shown as long as something of it is chosen. */
  readonly folds?: boolean;
}

/** What the application may ask for, of what the APIs of the instance have. */
export function ScopeSetting({ settings }: { settings: Settings }) {
  const t = useText();
  return (
    <FieldPlace path="scopes" settings={settings}>
      <CheckboxGroup
        label={t('field.application.scopes')}
        description={t('field.application.scopes_help')}
        value={[...settings.draft.scopes]}
        onChange={(scopes) => {
          settings.set('scopes', scopes);
          settings.visit('scopes');
        }}
        {...fieldProps(settings, 'scopes')}
      >
        <div className={styles['scopes']}>
          {useGroups(settings).map(({ key, ...group }) => (
            <ScopeGroup key={key} {...group} chosen={settings.draft.scopes} />
          ))}
        </div>
      </CheckboxGroup>
    </FieldPlace>
  );
}

/** Who the user is; what the application may do, by API where there is more than one; and for how long. */
function useGroups({ application, apis, draft }: Settings): readonly Group[] {
  const t = useText();
  const isMachine = application.type === 'machine';
  const known = [
    ...identityScopes,
    offlineAccess,
    ...apis.flatMap(({ scopes }) => scopes.map(({ name }) => name)),
  ];
  // One that no API has any more is shown all the same, so that it can be taken away.
  const rest = named([
    ...(isMachine ? [] : [offlineAccess]),
    ...draft.scopes.filter((name) => !known.includes(name)),
  ]);
  const identity = isMachine
    ? []
    : [{ key: 'identity', title: t('settings.scopes_identity'), scopes: named(identityScopes) }];
  const access = t('settings.scopes_access');
  const [only, ...others] = apis;
  if (others.length === 0)
    return [
      ...identity,
      { key: 'access', title: isMachine ? undefined : access, scopes: [...(only?.scopes ?? []), ...rest] },
    ];
  return [
    ...identity,
    ...(rest.length > 0 ? [{ key: 'access', title: access, scopes: rest }] : []),
    ...apis
      .filter(({ scopes }) => scopes.length > 0)
      .map(({ id, name, scopes }) => ({
        key: id,
        title: t('settings.scopes_of_api', { api: name }),
        scopes,
        folds: true,
      })),
  ];
}

function ScopeGroup(props: Omit<Group, 'key'> & { chosen: readonly string[] }) {
  const { title, scopes, folds = false, chosen } = props;
  const heading = useId();
  const intl = useIntl();
  const many = scopes.filter(({ name }) => chosen.includes(name)).length;
  const [isOpen] = useState(many > 0);
  if (title === undefined) return <Scopes scopes={scopes} />;
  const content = (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset within the group would need a legend of its own look
    <div role="group" aria-labelledby={heading} className={styles['scope-group']}>
      {!folds && (
        <span id={heading} className={styles['scope-group-title']}>
          {title}
        </span>
      )}
      <Scopes scopes={scopes} />
    </div>
  );
  if (!folds) return content;
  return (
    <details open={isOpen} className={styles['scope-fold']}>
      <summary>
        <span id={heading} className={styles['scope-group-title']}>
          {title}
        </span>{' '}
        <span className={styles['help']}>
          {intl.formatNumber(many)} / {intl.formatNumber(scopes.length)}
        </span>
      </summary>
      {content}
    </details>
  );
}

function Scopes({ scopes }: { scopes: readonly DescribedScope[] }) {
  const words = useScopeWords();
  return scopes.map((scope) => (
    <Checkbox key={scope.name} value={scope.name} description={words(scope)}>
      <code className={styles['scope']}>{scope.name}</code>
    </Checkbox>
  ));
}
