import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { useApis } from '../../api/apis.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';

const any = 'any';

/**
 * Which API the tokens are for, of those that the application may ask for. Shows nothing where the instance has one alone.
 * @param value its identifier; undefined: by the scopes
 */
export function ApiChoice(props: {
  application: Application;
  value: string | undefined;
  onChange: (identifier: string | undefined) => void;
}) {
  const t = useText();
  const { application, value, onChange } = props;
  const { data: apis = [] } = useApis();
  if (apis.length <= 1) return null;
  const usable = apis.filter(({ scopes }) => scopes.some(({ name }) => application.scopes.includes(name)));
  return (
    <Picker
      label={t('connect.api')}
      description={t('connect.api_text')}
      value={value ?? any}
      onChange={(identifier) => onChange(identifier === any ? undefined : String(identifier))}
      UNSAFE_style={{ width: 'min(26rem, 100%)' }}
    >
      {[{ identifier: any, name: t('connect.api_any') }, ...usable].map(({ identifier, name }) => (
        <PickerItem key={identifier} id={identifier}>
          {name}
        </PickerItem>
      ))}
    </Picker>
  );
}
