import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { FieldPlace, fieldProps } from './field.tsx';
import type { FieldOf } from './field-setting.tsx';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

/** A setting that is one of a few words of a standard, which every language leaves as they are. */
export function ChoiceSetting(props: {
  settings: Settings;
  name: FieldOf<string>;
  label: string;
  help: string;
  choices: readonly string[];
}) {
  const { settings, name, label, help, choices } = props;
  return (
    <FieldPlace path={name} settings={settings}>
      <div className={styles['choice']}>
        <Picker
          label={label}
          description={help}
          value={settings.draft[name]}
          onChange={(choice) => settings.set(name, String(choice) as never)}
          {...fieldProps(settings, name)}
        >
          {choices.map((choice) => (
            <PickerItem key={choice} id={choice}>
              {choice}
            </PickerItem>
          ))}
        </Picker>
      </div>
    </FieldPlace>
  );
}
