import type { MessageKey } from '../../intl/messages.ts';

/** The redirect URLs of Workfront Fusion, one for each of its data centers. */
export const fusionUrls: readonly { url: string; label: MessageKey }[] = [
  { url: fusionUrl('app'), label: 'settings.fusion_default' },
  { url: fusionUrl('app-eu'), label: 'settings.fusion_eu' },
  { url: fusionUrl('app-az'), label: 'settings.fusion_azure' },
];

function fusionUrl(host: string): string {
  return `https://${host}.workfrontfusion.com/oauth/cb/workfront-workfront`;
}
