import { TextArea } from '@react-spectrum/s2/TextArea';
import { TextField } from '@react-spectrum/s2/TextField';
import type { Control } from '../../../../server/model/field-kinds.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import type { FieldOf } from './field-setting.tsx';
import type { Settings } from './use-settings.ts';

/** A setting that is a text. */
export function TextSetting(props: {
  settings: Settings;
  name: FieldOf<string>;
  label: string;
  help: string;
  control: Control;
  isRequired: boolean;
}) {
  const { settings, name, label, help, control, isRequired } = props;
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
      {control === 'paragraph' ? (
        <TextArea {...common} />
      ) : (
        // Not type="url" or "email": the browser would take spaces away before they can be named as the mistake.
        <TextField
          {...common}
          inputMode={control === 'url' || control === 'email' ? control : 'text'}
          isRequired={isRequired}
        />
      )}
    </FieldPlace>
  );
}
