import { ActionButton } from '@react-spectrum/s2/ActionButton';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Switch } from '@react-spectrum/s2/Switch';
import { TextField } from '@react-spectrum/s2/TextField';
import { useIntl } from 'react-intl';
import { useText } from '../intl/text.ts';
import type { ScopeDraft } from './draft.ts';
import styles from './instance.module.css';

const whole = { width: '100%' };

/** One scope. The name of one that is saved stays, since applications know it by that. */
export function ScopeRow(props: {
  scope: ScopeDraft;
  /** The names of the applications that have it. */
  usedBy: readonly string[];
  nameMistake: string | undefined;
  descriptionMistake: string | undefined;
  onChange: (changed: Partial<ScopeDraft>) => void;
  onRemove: () => void;
}) {
  const { scope, usedBy, nameMistake, descriptionMistake, onChange, onRemove } = props;
  const t = useText();
  const intl = useIntl();
  const isAdmin = scope.isSaved && scope.name === 'admin';
  const shown = scope.name.trim() || t('instance.scope_new');
  const why = isAdmin
    ? t('instance.scope_admin')
    : usedBy.length > 0
      ? t('instance.scope_in_use', { names: intl.formatList(usedBy) })
      : undefined;
  return (
    <li className={styles['scope']}>
      {scope.isSaved ? (
        <p className={styles['scope-name']}>
          <code>{scope.name}</code>
        </p>
      ) : (
        <TextField
          label={t('instance.scope_name')}
          autoFocus
          isRequired
          value={scope.name}
          onChange={(name) => onChange({ name })}
          // Not a mistake as long as nobody has begun.
          isInvalid={nameMistake !== undefined && scope.name !== ''}
          errorMessage={nameMistake}
          UNSAFE_style={whole}
        />
      )}
      <div className={styles['part']}>
        <TextField
          {...(scope.isSaved
            ? { 'aria-label': `${t('instance.scope_description')}: ${shown}` }
            : { label: t('instance.scope_description') })}
          isRequired
          value={scope.description}
          onChange={(description) => onChange({ description })}
          isInvalid={descriptionMistake !== undefined && (scope.isSaved || scope.description !== '')}
          errorMessage={descriptionMistake}
          UNSAFE_style={whole}
        />
        {why !== undefined && <p className={styles['hint']}>{why}</p>}
      </div>
      <div className={styles['scope-acts']}>
        <Switch
          isSelected={scope.default}
          onChange={(isDefault) => onChange({ default: isDefault })}
          aria-label={`${t('instance.scope_default')}: ${shown}`}
        >
          {t('instance.scope_default')}
        </Switch>
        <ActionButton
          isQuiet
          isDisabled={why !== undefined}
          aria-label={
            scope.name.trim() === ''
              ? t('instance.scope_remove_new')
              : t('instance.scope_remove', { name: scope.name })
          }
          onPress={onRemove}
        >
          <DeleteIcon />
        </ActionButton>
      </div>
    </li>
  );
}
