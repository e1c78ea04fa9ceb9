import { SegmentedControl, SegmentedControlItem } from '@react-spectrum/s2/SegmentedControl';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import { type Profile, profiles } from './endpoints.ts';

export const profileLabels: Record<Profile, MessageKey> = {
  standard: 'connect.standard',
  workfront: 'connect.workfront',
};

/** Which of the two front doors. */
export function ProfileChoice({ value, onChange }: { value: Profile; onChange: (profile: Profile) => void }) {
  const t = useText();
  return (
    <SegmentedControl
      aria-label={t('connect.profile')}
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as Profile)}
    >
      {profiles.map((profile) => (
        <SegmentedControlItem key={profile} id={profile}>
          {t(profileLabels[profile])}
        </SegmentedControlItem>
      ))}
    </SegmentedControl>
  );
}
