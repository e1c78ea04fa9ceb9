import { Checkbox, CheckboxGroup } from '@react-spectrum/s2/CheckboxGroup';
import { offlineAccess } from '../../../../server/model/instance.ts';
import { identityScopes } from '../../../../server/model/scopes.ts';
import { useText } from '../../intl/text.ts';
import { scopeWords } from '../scope-words.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** What the application may ask for, of what the instance has. */
export function ScopeSetting({ settings }: { settings: Settings }) {
  const t = useText();
  const { application, instance, draft } = settings;
  const builtIn = (names: readonly string[]) =>
    application.type === 'machine' ? [] : names.map((name) => ({ name, description: '' }));
  const known = [...builtIn(identityScopes), ...instance.scopes, ...builtIn([offlineAccess])];
  // One that the instance has no more is shown all the same, so that it can be taken away.
  const gone = draft.scopes
    .filter((name) => !known.some((scope) => scope.name === name))
    .map((name) => ({ name, description: '' }));
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
        {[...known, ...gone].map((scope) => (
          <Checkbox key={scope.name} value={scope.name} description={scopeWords(t, scope)}>
            <code className={styles['scope']}>{scope.name}</code>
          </Checkbox>
        ))}
      </CheckboxGroup>
    </FieldPlace>
  );
}
