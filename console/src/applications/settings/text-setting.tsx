import { TextArea } from '@react-spectrum/s2/TextArea';
import { TextField } from '@react-spectrum/s2/TextField';
import type { Draft } from './draft.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import type { Settings } from './use-settings.ts';

type TextName = {
  [Name in keyof Draft]: Draft[Name] extends string ? Name : never;
}[keyof Draft];

/** A setting that is a text. */
export function TextSetting(props: {
  settings: Settings;
  name: TextName;
  label: string;
  help: string;
  type?: 'text' | 'url' | 'email';
  isRequired?: boolean;
  /** Whether it may have several lines. */
  isLong?: boolean;
}) {
  const { settings, name, label, help, type = 'text', isRequired = false, isLong = false } = props;
  const common = {
    label,
    description: help,
    name,
    value: settings.draft[name],
    onChange: (value: string) => settings.set(name, value),
    autoComplete: 'off',
    ...fieldProps(settings, name),
  };
  return (
    <FieldPlace path={name} settings={settings}>
      {isLong ? (
        <TextArea {...common} />
      ) : (
        // Not type="url" or "email": the browser would take spaces away before they can be named as the mistake.
        <TextField {...common} inputMode={type} isRequired={isRequired} />
      )}
    </FieldPlace>
  );
}
