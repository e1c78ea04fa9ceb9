import { Switch } from '@react-spectrum/s2/Switch';
import { TextArea } from '@react-spectrum/s2/TextArea';
import { TextField } from '@react-spectrum/s2/TextField';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import type { DraftControls } from '../ui/draft-form.tsx';
import type { Draft } from './draft.ts';
import styles from './identity-providers.module.css';
import type { Mistakes } from './mistakes.ts';
import { type TextWords, textFields } from './text-fields.ts';

/** What a control of the form is given. */
export type FormProps = DraftControls<Draft, Mistakes>;

/**
 * A text of the draft: a line, or several.
 * @param label another than it usually has, as is its help
 */
export function TextSetting(props: {
  form: FormProps;
  name: keyof typeof textFields;
  label?: MessageKey;
  help?: MessageKey;
  placeholder?: string | undefined;
}) {
  const { form, name, placeholder } = props;
  const field: TextWords = textFields[name];
  const { label = field.label, help = field.help } = props;
  const { isRequired = false, isLong = false, isCode = false, isSecret = false } = field;
  const t = useText();
  const mistake = form.mistakes[name];
  const common = {
    label: t(label),
    description: t(help),
    isRequired,
    value: form.draft[name],
    onChange: (value: string) => form.onChange({ [name]: value }),
    isInvalid: mistake !== undefined,
    errorMessage: mistake,
    autoComplete: 'off',
    autoCorrect: 'off',
    spellCheck: 'false' as const,
    UNSAFE_style: { width: '100%' },
    ...(placeholder !== undefined && { placeholder }),
  };
  return (
    <div data-field={name} className={isCode ? styles['code'] : undefined}>
      {isLong ? <TextArea {...common} /> : <TextField {...common} type={isSecret ? 'password' : 'text'} />}
    </div>
  );
}

type SwitchName = { [Name in keyof Draft]: Draft[Name] extends boolean ? Name : never }[keyof Draft];

/** A yes or no of the draft. */
export function SwitchSetting(props: {
  form: FormProps;
  name: SwitchName;
  label: MessageKey;
  help?: MessageKey;
}) {
  const { form, name, label, help } = props;
  const t = useText();
  return (
    <div data-field={name}>
      <Switch
        isSelected={form.draft[name]}
        onChange={(value) => form.onChange({ [name]: value })}
        {...(help !== undefined && { description: t(help) })}
        UNSAFE_style={{ width: '100%' }}
      >
        {t(label)}
      </Switch>
    </div>
  );
}
