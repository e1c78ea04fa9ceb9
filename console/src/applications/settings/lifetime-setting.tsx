import { NumberField } from '@react-spectrum/s2/NumberField';
import { type Key, Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import type { DurationUnit } from '../../intl/duration.ts';
import { useText } from '../../intl/text.ts';
import { FieldPlace } from './field.tsx';
import type { FieldOf } from './field-setting.tsx';
import { type LifetimeKind, presetName, secondsOf, unitName, unitOf } from './lifetimes.ts';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

const NEVER = 'never';
const CUSTOM = 'custom';

interface LifetimeSettingProps {
  settings: Settings;
  name: FieldOf<number | null>;
  label: string;
  help: string;
  kind: LifetimeKind;
  /** Whether *No expiration* is a choice. */
  mayBeNever?: boolean;
}

/** A setting that is a lifetime: one of those that are offered, *No expiration* where it is possible, or one's own. */
export function LifetimeSetting(props: LifetimeSettingProps) {
  return <LifetimeChoice key={props.settings.revision} {...props} />;
}

function LifetimeChoice(props: LifetimeSettingProps) {
  const { settings, name, label, help, kind, mayBeNever = false } = props;
  const t = useText();
  const intl = useIntl();
  const value = settings.draft[name];
  const isPreset = value === null || kind.presets.includes(value);
  const [wantsOwn, setWantsOwn] = useState(!isPreset);
  const isOwn = wantsOwn || !isPreset;

  const choose = (choice: Key | null) => {
    setWantsOwn(choice === CUSTOM);
    if (choice === NEVER) settings.set(name, null as never);
    else if (choice !== CUSTOM) settings.set(name, Number(choice));
    // From "No expiration" to a number: some number must stand there.
    else if (value === null) settings.set(name, kind.presets.at(-1) ?? kind.max);
  };

  return (
    <FieldPlace path={name} settings={settings}>
      <div className={styles['lifetime']}>
        <div>
          <Picker
            label={label}
            description={help}
            value={isOwn ? CUSTOM : (value ?? NEVER)}
            onChange={choose}
            UNSAFE_style={{ width: '100%' }}
          >
            {[
              ...(mayBeNever ? [{ id: NEVER as Key, name: t('settings.no_expiration') }] : []),
              ...kind.presets.map((seconds) => ({ id: seconds as Key, name: presetName(intl, seconds) })),
              { id: CUSTOM as Key, name: t('settings.custom') },
            ].map(({ id, name: words }) => (
              <PickerItem key={id} id={id}>
                {words}
              </PickerItem>
            ))}
          </Picker>
        </div>
        {isOwn && value !== null && (
          <OwnLifetime
            label={label}
            value={value}
            onChange={(seconds) => settings.set(name, seconds)}
            kind={kind}
            mistake={settings.mistakeAt(name)}
            onBlur={() => settings.visit(name)}
          />
        )}
      </div>
    </FieldPlace>
  );
}

function OwnLifetime(props: {
  label: string;
  value: number;
  onChange: (seconds: number) => void;
  kind: LifetimeKind;
  mistake: string | undefined;
  onBlur: () => void;
}) {
  const { label, value, onChange, kind, mistake, onBlur } = props;
  const t = useText();
  const intl = useIntl();
  const [chosen, setChosen] = useState<DurationUnit>(() => unitOf(value, kind.units));
  const unit = Number.isNaN(value) || value % secondsOf(chosen) === 0 ? chosen : unitOf(value, kind.units);
  const amount = value / secondsOf(unit);
  const most = (of: DurationUnit) => Math.floor(kind.max / secondsOf(of));
  return (
    <div className={styles['own-lifetime']}>
      <div>
        <NumberField
          aria-label={t('settings.lifetime_amount', { label })}
          value={amount}
          onChange={(next) => onChange(next * secondsOf(unit))}
          onBlur={onBlur}
          minValue={1}
          maxValue={most(unit)}
          step={1}
          formatOptions={{ maximumFractionDigits: 0 }}
          isInvalid={mistake !== undefined}
          errorMessage={mistake}
          UNSAFE_style={{ width: '100%' }}
        />
      </div>
      <div>
        <Picker
          aria-label={t('settings.lifetime_unit', { label })}
          value={unit}
          onChange={(next) => {
            const to = next as DurationUnit;
            setChosen(to);
            onChange(Math.min(amount, most(to)) * secondsOf(to));
          }}
          UNSAFE_style={{ width: '100%' }}
        >
          {kind.units.map((each) => (
            <PickerItem key={each} id={each}>
              {unitName(intl, each, amount)}
            </PickerItem>
          ))}
        </Picker>
      </div>
    </div>
  );
}
