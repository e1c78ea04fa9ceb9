import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { TextField } from '@react-spectrum/s2/TextField';
import { useApplications } from '../api/applications.ts';
import { useText } from '../intl/text.ts';
import { eventTypes } from './event-types.ts';
import type { ChosenFilter } from './filter-in-url.ts';
import styles from './filters.module.css';
import { UserFilter } from './user-filter.tsx';

const whole = { width: '100%' };
/** Stands for "no filter" in a list to choose from, where the empty text cannot. */
const every = 'every';

/** What to see of the audit log. */
export function Filters(props: {
  chosen: ChosenFilter;
  isFiltering: boolean;
  onChange: (changed: Partial<ChosenFilter>) => void;
  onClear: () => void;
}) {
  const { chosen, isFiltering, onChange, onClear } = props;
  const t = useText();
  return (
    <search className={styles['filters']} aria-label={t('audit.filters')}>
      <Picker
        label={t('audit.filter_type')}
        selectedKey={chosen.type || every}
        onSelectionChange={(key) => onChange({ type: key === every ? '' : String(key) })}
        UNSAFE_style={whole}
      >
        <PickerItem id={every}>{t('audit.every_type')}</PickerItem>
        {Object.entries(eventTypes).map(([type, { label }]) => (
          <PickerItem key={type} id={type}>
            {t(label)}
          </PickerItem>
        ))}
      </Picker>
      <ApplicationFilter value={chosen.application} onChange={(application) => onChange({ application })} />
      <UserFilter value={chosen.user} onChange={(user) => onChange({ user })} />
      {chosen.user !== '' && (
        <Picker
          label={t('audit.filter_part')}
          selectedKey={chosen.part}
          onSelectionChange={(key) => onChange({ part: key as ChosenFilter['part'] })}
          UNSAFE_style={whole}
        >
          <PickerItem id="concerned">{t('audit.part_concerned')}</PickerItem>
          <PickerItem id="did">{t('audit.part_did')}</PickerItem>
        </Picker>
      )}
      <TextField
        label={t('audit.filter_since')}
        type="date"
        value={chosen.since}
        onChange={(since) => onChange({ since })}
        UNSAFE_style={whole}
      />
      <TextField
        label={t('audit.filter_until')}
        type="date"
        value={chosen.until}
        onChange={(until) => onChange({ until })}
        UNSAFE_style={whole}
      />
      {isFiltering && (
        <div className={styles['clear']}>
          <ActionButton onPress={onClear}>{t('audit.clear')}</ActionButton>
        </div>
      )}
    </search>
  );
}

/** Chooses one of the applications; one that has been deleted stays chosen when the address names it. */
function ApplicationFilter({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const t = useText();
  const { data: list } = useApplications();
  const isGone = value !== '' && list !== undefined && !list.data.some(({ id }) => id === value);
  return (
    <Picker
      label={t('audit.filter_application')}
      selectedKey={value || every}
      onSelectionChange={(key) => onChange(key === every ? '' : String(key))}
      UNSAFE_style={whole}
    >
      <PickerItem id={every}>{t('audit.every_application')}</PickerItem>
      {isGone && <PickerItem id={value}>{t('audit.deleted_application')}</PickerItem>}
      {(list?.data ?? []).map(({ id, name }) => (
        <PickerItem key={id} id={id}>
          {name}
        </PickerItem>
      ))}
    </Picker>
  );
}
