import { maxUrlLength } from '../../../server/base/text.ts';
import type { RedirectUriMistake, RedirectUriRule } from '../../../server/model/redirect-uri.ts';
import type { MessageKey } from '../intl/messages.ts';
import type { Text } from '../intl/text.ts';

const words: Record<RedirectUriRule, MessageKey> = {
  empty: 'settings.uri_absolute',
  too_long: 'settings.too_long',
  ascii: 'settings.uri_ascii',
  fragment: 'settings.uri_fragment',
  wildcard: 'settings.uri_wildcard',
  absolute: 'settings.uri_absolute',
  host: 'settings.uri_host',
  http: 'settings.uri_http',
  web_scheme: 'settings.uri_web_scheme',
  own_scheme: 'settings.uri_own_scheme',
  own_path: 'settings.uri_own_path',
  user_information: 'settings.uri_user_information',
  parameter: 'settings.uri_parameter',
};

/** What is wrong with an address of the application, in the user's words; null when nothing is. */
export function uriWords(t: Text, mistake: RedirectUriMistake | null): string | null {
  return mistake && t(words[mistake.rule], { max: maxUrlLength, part: mistake.part });
}
