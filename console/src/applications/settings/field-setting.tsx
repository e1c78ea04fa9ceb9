import { applicationFieldLines, typeHas } from '../../../../server/model/application-fields.ts';
import { useText } from '../../intl/text.ts';
import { mayBeNull } from '../../ui/field-values.ts';
import { ChoiceSetting } from './choice-setting.tsx';
import type { Draft, Field, UrlListName } from './draft.ts';
import { LifetimeSetting } from './lifetime-setting.tsx';
import { lifetimesOf } from './lifetimes.ts';
import { SwitchSetting } from './switch-setting.tsx';
import { TextSetting } from './text-setting.tsx';
import type { Settings } from './use-settings.ts';

/** The fields that have a control of their kind; the others have one of their own, or are set elsewhere. */
type Plain = Exclude<Field, UrlListName | 'jwks_uri' | 'scopes' | 'enabled'>;

/** The fields whose drafts are of a type. */
export type FieldOf<Value> = {
  [Name in Plain]: Draft[Name] extends Value ? Name : never;
}[Plain];

/** A field of the application where its type has it, with the control of its kind and its words in `locales`. */
export function FieldSetting(props: {
  settings: Settings;
  name: Plain;
  /** Instead of the field's own. */
  help?: string;
}) {
  const t = useText();
  const { settings, name } = props;
  const label = t(`field.application.${name}`);
  const help = props.help ?? t(`field.application.${name}_help`);
  const kind = kinds[name];
  if (!kind || !typeHas(settings.application.type, name)) return null;
  const common = { settings, label, help };
  switch (kind.control) {
    case 'switch':
      return <SwitchSetting {...common} name={name as FieldOf<boolean>} />;
    case 'choice':
      return <ChoiceSetting {...common} name={name as FieldOf<string>} choices={kind.choices ?? []} />;
    case 'lifetime':
      return (
        <LifetimeSetting
          {...common}
          name={name as FieldOf<number | null>}
          kind={lifetimesOf(kind)}
          mayBeNever={mayBeNull(kind)}
        />
      );
    default:
      return (
        <TextSetting
          {...common}
          name={name as FieldOf<string>}
          control={kind.control}
          isRequired={!mayBeNull(kind)}
        />
      );
  }
}

const kinds = Object.fromEntries(applicationFieldLines.map(({ name, kind }) => [name, kind]));
