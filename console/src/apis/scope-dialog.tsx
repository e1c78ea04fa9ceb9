import { Switch } from '@react-spectrum/s2/Switch';
import { TextField } from '@react-spectrum/s2/TextField';
import { useEffect, useRef, useState } from 'react';
import { useApis, useChangeScopes } from '../api/apis.ts';
import type { Api, ApiScope } from '../api/types.ts';
import { languageNames } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import parts from '../ui/parts.module.css';
import { showDone } from '../ui/toasts.ts';
import styles from './apis.module.css';
import { examples } from './draft.ts';
import { findScopeMistakes } from './mistakes.ts';
import { otherLanguages, type ScopeDraft, scopeDraftOf, scopeOf } from './scope-draft.ts';

/** Adds a scope to an API, or changes one. The name of one that is there stays, since applications know it by that. */
export function ScopeDialog(props: { api: Api; scope: ApiScope | undefined; onClose: () => void }) {
  const { api, scope, onClose } = props;
  const t = useText();
  const { data: apis = [] } = useApis();
  const save = useChangeScopes(api.id);
  const [draft, setDraft] = useState<ScopeDraft>(() => scopeDraftOf(scope));
  // What is wrong is said once somebody has wanted to go on with it: so many times.
  const [judged, setJudged] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (judged > 0) box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [judged]);
  const wanted = scopeOf(draft);
  const found = findScopeMistakes(t, wanted, api, apis, scope?.name);
  const mistakes = judged > 0 ? found : {};

  const change = (changed: Partial<ScopeDraft>) => {
    setDraft((before) => ({ ...before, ...changed }));
    save.reset();
  };
  const text = (mistake: string, value: string, onChange: (text: string) => void) => ({
    value,
    onChange,
    isInvalid: mistakes[mistake] !== undefined,
    errorMessage: mistakes[mistake],
    autoComplete: 'off',
    UNSAFE_style: { width: '100%' },
  });
  const submit = () => {
    setJudged(judged + 1);
    if (Object.keys(found).length > 0) return;
    save.mutate(
      (scopes) =>
        scope && scopes.some(({ name }) => name === scope.name)
          ? scopes.map((each) => (each.name === scope.name ? wanted : each))
          : [...scopes, wanted],
      {
        onSuccess: () => {
          showDone(t('apis.scope_saved', { name: wanted.name }));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={scope ? t('apis.scope_change', { name: scope.name }) : t('apis.scope_add')}
      size="L"
      submitLabel={t(scope ? 'settings.save' : 'apis.add_submit')}
      isPending={save.isPending}
      failure={save.error ? { title: t('apis.scope_not_saved'), error: save.error } : null}
      onSubmit={submit}
      onClose={onClose}
    >
      <div ref={box} className={parts['stack']}>
        {!scope && (
          <div>
            <TextField
              label={t('apis.scope_name')}
              description={t('apis.scope_name_help')}
              isRequired
              autoFocus
              autoCorrect="off"
              spellCheck="false"
              placeholder={examples.scope}
              {...text('name', draft.name, (name) => change({ name }))}
            />
          </div>
        )}
        <div>
          <TextField
            label={t('apis.scope_description')}
            description={t('apis.scope_description_help')}
            isRequired
            {...text('description', draft.description, (description) => change({ description }))}
          />
        </div>
        <fieldset className={styles['languages']}>
          <legend>{t('apis.scope_descriptions')}</legend>
          {otherLanguages(scope ?? wanted).map((locale) => (
            <div key={locale}>
              <TextField
                label={languageNames[locale]}
                {...text(locale, draft.descriptions[locale] ?? '', (words) =>
                  change({ descriptions: { ...draft.descriptions, [locale]: words } }),
                )}
              />
            </div>
          ))}
        </fieldset>
        <div>
          <TextField
            label={t('apis.scope_claims')}
            description={t('apis.scope_claims_help')}
            autoCorrect="off"
            spellCheck="false"
            placeholder={examples.claims}
            {...text('claims', draft.claims, (claims) => change({ claims }))}
          />
        </div>
        <div>
          <Switch
            isSelected={draft.default}
            onChange={(isDefault) => change({ default: isDefault })}
            description={t('apis.scope_default_help')}
            UNSAFE_style={{ width: '100%' }}
          >
            {t('apis.scope_default')}
          </Switch>
        </div>
      </div>
    </FormDialog>
  );
}
