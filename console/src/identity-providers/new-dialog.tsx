import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useCreateIdentityProvider } from '../api/identity-providers.ts';
import type { ProviderType } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import parts from '../ui/parts.module.css';
import { showDone } from '../ui/toasts.ts';
import { TypeCards } from '../ui/type-cards.tsx';
import { type Draft, draftOf, fieldsOf, secretOf } from './draft.ts';
import { type FormProps, TextSetting } from './field.tsx';
import styles from './identity-providers.module.css';
import { findMistakes, refusedBy } from './mistakes.ts';
import { type Preset, type PresetName, presetNames, presets } from './presets.ts';
import { TypeSettings } from './settings.tsx';
import { providerTypes } from './types.ts';

/** Adds a provider: its type, and what it cannot do without. It is switched off until somebody has tried it. */
export default function NewProviderDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const create = useCreateIdentityProvider();
  const [type, setType] = useState<ProviderType>('oidc');
  const [presetName, setPresetName] = useState<PresetName>('other');
  const [draft, setDraft] = useState<Draft>(() => draftOf({}));
  // What is wrong is said once somebody has wanted to go on with it: so many times.
  const [judged, setJudged] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (judged > 0) box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [judged]);
  const preset: Preset = presets[presetName];
  const found = findMistakes(t, type, draft);
  const refused = refusedBy(t, draft, create.error);
  const form: FormProps = {
    draft,
    mistakes: { ...refused, ...(judged > 0 && found) },
    onChange: (changed) => {
      setDraft((before) => ({ ...before, ...changed }));
      create.reset();
    },
  };

  const choosePreset = (name: PresetName) => {
    const chosen: Preset = presets[name];
    const before: Preset = presets[presetName];
    setPresetName(name);
    setDraft((present) => ({
      ...present,
      // What somebody typed stays.
      ...((present.name === '' || present.name === before.name) && { name: chosen.name ?? '' }),
      ...((present.issuer === '' || present.issuer === before.issuer) && {
        issuer: chosen.isWholeIssuer ? chosen.issuer : '',
      }),
    }));
  };
  const submit = () => {
    setJudged(judged + 1);
    if (Object.keys(found).length > 0) return;
    create.mutate(
      {
        ...fieldsOf(type, draft),
        ...(type === 'oidc' && preset.fields),
        ...secretOf(type, draft),
        enabled: false,
        type,
      },
      {
        onSuccess: ({ id, name }) => {
          showDone(t('providers.added', { name }));
          void navigate(`/identity-providers/${id}`);
        },
      },
    );
  };

  return (
    <FormDialog
      title={t('providers.add_title')}
      size="XL"
      submitLabel={t('providers.add_submit')}
      isPending={create.isPending}
      failure={
        create.error && Object.keys(refused).length === 0
          ? { title: t('providers.not_added'), error: create.error }
          : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <div ref={box} className={parts['stack']}>
        <TypeCards
          label="providers.type"
          types={providerTypes}
          value={type}
          onChange={(chosen) => {
            setType(chosen);
            create.reset();
          }}
        />
        {type === 'oidc' && (
          <Picker
            label={t('providers.preset')}
            description={t('providers.preset_help')}
            value={presetName}
            onChange={(name) => choosePreset(name as PresetName)}
            UNSAFE_style={{ width: '100%' }}
          >
            {presetNames.map((name) => (
              <PickerItem key={name} id={name}>
                {presets[name].name ?? t('providers.preset_other')}
              </PickerItem>
            ))}
          </Picker>
        )}
        {type === 'oidc' && preset.note && <p className={styles['note']}>{t(preset.note)}</p>}
        <TextSetting form={form} name="name" />
        <TypeSettings key={type} form={form} type={type} issuerExample={preset.issuer} isShort />
      </div>
    </FormDialog>
  );
}
