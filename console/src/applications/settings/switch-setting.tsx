import { Switch } from '@react-spectrum/s2/Switch';
import { FieldPlace } from './field.tsx';
import type { FieldOf } from './field-setting.tsx';
import type { Settings } from './use-settings.ts';

/** A setting that is on or off. */
export function SwitchSetting(props: {
  settings: Settings;
  name: FieldOf<boolean>;
  label: string;
  help: string;
}) {
  const { settings, name, label, help } = props;
  return (
    <FieldPlace path={name} settings={settings}>
      <Switch
        isSelected={settings.draft[name]}
        onChange={(value) => settings.set(name, value)}
        description={help}
        UNSAFE_style={{ width: '100%' }}
      >
        {label}
      </Switch>
    </FieldPlace>
  );
}
