import { Button } from '@react-spectrum/s2/Button';
import { builtInScopes } from '../../../server/model/scopes.ts';
import { useApplications } from '../api/applications.ts';
import { scopeWords } from '../applications/scope-words.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { newScope, type ScopeDraft } from './draft.ts';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';
import { ScopeRow } from './scope-row.tsx';

/** What applications may ask for: the scopes, to add, describe and remove. */
export function ScopesSection({ draft, mistakes, onChange }: SectionProps) {
  const t = useText();
  const { data: applications } = useApplications();
  const { scopes } = draft;
  const usedBy = (name: string) =>
    (applications?.data ?? [])
      .filter((application) => application.scopes.includes(name))
      .map((each) => each.name);
  const change = (key: string, changed: Partial<ScopeDraft>) =>
    onChange({ scopes: scopes.map((scope) => (scope.key === key ? { ...scope, ...changed } : scope)) });
  return (
    <Section
      title={t('field.instance.scopes')}
      description={
        <>
          {t('field.instance.scopes_help')} {t('instance.scope_default_help')}
        </>
      }
      actions={
        <Button variant="secondary" onPress={() => onChange({ scopes: [...scopes, newScope()] })}>
          {t('instance.scope_add')}
        </Button>
      }
    >
      <ul className={styles['scopes']} aria-label={t('field.instance.scopes')}>
        {scopes.map((scope, index) => (
          <ScopeRow
            key={scope.key}
            scope={scope}
            usedBy={scope.isSaved ? usedBy(scope.name) : []}
            nameMistake={mistakes[`scopes.${index}.name`]}
            descriptionMistake={mistakes[`scopes.${index}.description`]}
            onChange={(changed) => change(scope.key, changed)}
            onRemove={() => onChange({ scopes: scopes.filter(({ key }) => key !== scope.key) })}
          />
        ))}
        {builtInScopes.map((name) => (
          <li key={name} className={styles['scope']}>
            <p className={styles['scope-name']}>
              <code>{name}</code>
            </p>
            <p className={styles['hint']}>{scopeWords(t, { name, description: '' })}</p>
            <span className={styles['hint']}>{t('instance.scope_built_in')}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
