import { Switch } from '@react-spectrum/s2/Switch';
import type { Draft } from './draft.ts';
import { FieldPlace } from './field.tsx';
import type { Settings } from './use-settings.ts';

type SwitchName = {
  [Name in keyof Draft]: Draft[Name] extends boolean ? Name : never;
}[keyof Draft];

/** A setting that is on or off. */
export function SwitchSetting(props: { settings: Settings; name: SwitchName; label: string; help: string }) {
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
