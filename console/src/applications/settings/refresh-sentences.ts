import type { IntlShape } from 'react-intl';
import { offlineAccess } from '../../../../server/model/instance.ts';
import { formatDuration, splitDuration } from '../../intl/duration.ts';
import type { Text } from '../../intl/text.ts';
import type { Draft } from './draft.ts';
import { unitName } from './lifetimes.ts';

type RefreshSettings = Pick<
  Draft,
  | 'scopes'
  | 'access_token_lifetime'
  | 'refresh_token_rotation'
  | 'refresh_token_absolute_lifetime'
  | 'refresh_token_inactivity_lifetime'
>;

/** What the settings of refresh tokens mean together for the people who connect. */
export function refreshSentences(t: Text, intl: IntlShape, settings: RefreshSettings): string[] {
  const {
    access_token_lifetime: access,
    refresh_token_absolute_lifetime: absolute,
    refresh_token_inactivity_lifetime: inactivity,
  } = settings;
  if ([access, absolute, inactivity].some(Number.isNaN)) return [t('settings.summary_incomplete')];
  const words = (seconds: number) => formatDuration(intl, seconds);
  if (!settings.scopes.includes(offlineAccess))
    return [t('settings.no_refresh', { lifetime: words(access) })];

  const rotation = t(settings.refresh_token_rotation ? 'settings.rotating' : 'settings.not_rotating');
  if (absolute === null && inactivity === null) return [t('settings.connected_for_ever'), rotation];
  // Whoever connects was active then, so of two expirations the absolute one comes first unless it is the longer one.
  if (absolute !== null && (inactivity === null || inactivity >= absolute))
    return [t('settings.connected_until', { absolute: words(absolute) }), rotation];

  const { amount, unit } = splitDuration(inactivity as number);
  const values = {
    inactivity: words(inactivity as number),
    // "every month", not "every 1 month".
    isOne: amount === 1 ? 'yes' : 'no',
    unit: unitName(intl, unit, amount),
  };
  return absolute === null
    ? [t('settings.connected_while_active', values), rotation]
    : [t('settings.connected_while_active_until', { ...values, absolute: words(absolute) }), rotation];
}
