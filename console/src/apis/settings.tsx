import { NumberField } from '@react-spectrum/s2/NumberField';
import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { TextField } from '@react-spectrum/s2/TextField';
import { tokenTypes } from '../../../server/model/api.ts';
import { signingAlgorithms } from '../../../server/model/signing-algorithm.ts';
import { useText } from '../intl/text.ts';
import type { DraftControls } from '../ui/draft-form.tsx';
import styles from './apis.module.css';
import { type Draft, examples } from './draft.ts';
import type { Mistakes } from './mistakes.ts';

/** What the settings of an API are given. */
export type FormProps = DraftControls<Draft, Mistakes>;

const whole = { width: '100%' };

/** What an API is called, and how its tokens are made. @param isNew its identifier can be given then, and never again */
export function ApiSettingsFields({ form, isNew = false }: { form: FormProps; isNew?: boolean }) {
  const t = useText();
  const { draft, mistakes, onChange } = form;
  const text = (name: 'name' | 'identifier') => ({
    label: t(`apis.${name}`),
    description: t(`apis.${name}_help`),
    isRequired: true,
    value: draft[name],
    onChange: (value: string) => onChange({ [name]: value }),
    isInvalid: mistakes[name] !== undefined,
    errorMessage: mistakes[name],
    autoComplete: 'off',
    autoCorrect: 'off',
    spellCheck: 'false' as const,
    UNSAFE_style: whole,
  });
  return (
    <>
      <div>
        <TextField {...text('name')} autoFocus={isNew} />
      </div>
      {isNew && (
        <div>
          <TextField {...text('identifier')} placeholder={examples.identifier} />
        </div>
      )}
      <div className={styles['fields']}>
        <div>
          <NumberField
            label={t('apis.lifetime_seconds')}
            description={t('apis.lifetime_help')}
            value={draft.access_token_lifetime}
            onChange={(access_token_lifetime) => onChange({ access_token_lifetime })}
            isInvalid={mistakes.access_token_lifetime !== undefined}
            errorMessage={mistakes.access_token_lifetime}
            UNSAFE_style={whole}
          />
        </div>
        <div>
          <Picker
            label={t('apis.signing_alg')}
            description={t('apis.signing_alg_help')}
            value={draft.signing_alg}
            onChange={(signing_alg) => onChange({ signing_alg: signing_alg as Draft['signing_alg'] })}
            UNSAFE_style={whole}
          >
            {signingAlgorithms.map((each) => (
              <PickerItem key={each} id={each}>
                {each}
              </PickerItem>
            ))}
          </Picker>
        </div>
        <div>
          <Picker
            label={t('apis.token_typ')}
            description={t('apis.token_typ_help')}
            value={draft.token_typ}
            onChange={(token_typ) => onChange({ token_typ: token_typ as Draft['token_typ'] })}
            UNSAFE_style={whole}
          >
            {tokenTypes.map((each) => (
              <PickerItem key={each} id={each}>
                {each}
              </PickerItem>
            ))}
          </Picker>
        </div>
      </div>
    </>
  );
}
