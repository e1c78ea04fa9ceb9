import { Switch } from '@react-spectrum/s2/Switch';
import { TextArea } from '@react-spectrum/s2/TextArea';
import { TextField } from '@react-spectrum/s2/TextField';
import type { ReactNode } from 'react';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import type { Draft } from './draft.ts';
import styles from './identity-providers.module.css';
import type { Mistakes } from './mistakes.ts';

/** What a control of the form is given. */
export interface FormProps {
  readonly draft: Draft;
  readonly mistakes: Mistakes;
  readonly onChange: (changed: Partial<Draft>) => void;
}

type NamesOf<Value> = { [Name in keyof Draft]: Draft[Name] extends Value ? Name : never }[keyof Draft];

interface FieldProps<Value> {
  readonly form: FormProps;
  readonly name: NamesOf<Value>;
  readonly label: MessageKey;
  readonly help?: ReactNode;
  readonly isRequired?: boolean;
  readonly placeholder?: string;
}

/** A text of the draft: a line, or several. */
export function TextSetting(
  props: FieldProps<string> & { isLong?: boolean; isCode?: boolean; autoFocus?: boolean; isSecret?: boolean },
) {
  const { form, name, label, help, isRequired = false, isLong = false, isCode = false } = props;
  const t = useText();
  const mistake = form.mistakes[name];
  const common = {
    label: t(label),
    description: help,
    isRequired,
    value: form.draft[name] as string,
    onChange: (value: string) => form.onChange({ [name]: value }),
    isInvalid: mistake !== undefined,
    errorMessage: mistake,
    autoComplete: 'off',
    autoCorrect: 'off',
    spellCheck: 'false' as const,
    UNSAFE_style: { width: '100%' },
    ...(props.placeholder !== undefined && { placeholder: props.placeholder }),
    ...(props.autoFocus && { autoFocus: true }),
  };
  return (
    <div data-field={name} className={isCode ? styles['code'] : undefined}>
      {isLong ? (
        <TextArea {...common} />
      ) : (
        <TextField {...common} type={props.isSecret ? 'password' : 'text'} />
      )}
    </div>
  );
}

/** A yes or no of the draft. */
export function SwitchSetting({ form, name, label, help }: FieldProps<boolean>) {
  const t = useText();
  return (
    <div data-field={name}>
      <Switch
        isSelected={form.draft[name] as boolean}
        onChange={(value) => form.onChange({ [name]: value })}
        {...(help !== undefined && { description: help as string })}
        UNSAFE_style={{ width: '100%' }}
      >
        {t(label)}
      </Switch>
    </div>
  );
}
