import { NumberField } from '@react-spectrum/s2/NumberField';
import { Switch } from '@react-spectrum/s2/Switch';
import { TextField } from '@react-spectrum/s2/TextField';
import {
  type NamedInstanceFields,
  settableInstanceFieldLines,
} from '../../../server/model/instance-fields.ts';
import { useText } from '../intl/text.ts';
import type { SectionProps } from './form.tsx';

/** The fields that have a control of their kind. */
export type PlainField = Exclude<keyof NamedInstanceFields, 'scopes' | 'sign_in'>;

/** A field of the instance, with the control of its kind and its words in `locales`. */
export function InstanceField(props: { section: SectionProps; name: PlainField; width?: string }) {
  const t = useText();
  const { section, name, width = '100%' } = props;
  const kind = kinds[name];
  const label = t(`field.instance.${name}`);
  const value: unknown = section.draft[name];
  const common = {
    onChange: (next: string | number | boolean) => section.onChange({ [name]: next }),
    UNSAFE_style: { width },
  };
  const described = {
    ...common,
    description: <span>{t.rich(`field.instance.${name}_help`)}</span>,
    isRequired: true,
    isInvalid: section.mistakes[name] !== undefined,
    errorMessage: section.mistakes[name],
  };
  switch (kind?.control) {
    case 'number':
      return (
        <NumberField
          {...described}
          label={kind.unit ? t('instance.in_seconds', { label }) : label}
          value={value as number}
        />
      );
    case 'switch':
      return (
        <Switch {...common} isSelected={value as boolean}>
          {label}
        </Switch>
      );
    default:
      return <TextField {...described} label={label} value={value as string} />;
  }
}

const kinds = Object.fromEntries(settableInstanceFieldLines.map(({ name, kind }) => [name, kind]));
