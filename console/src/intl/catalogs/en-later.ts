import apis from '../../../../locales/en/apis.json';
import providers from '../../../../locales/en/providers.json';
import tryIt from '../../../../locales/en/try.json';

const messages = { ...apis, ...providers, ...tryIt };

export type LaterMessageKey = keyof typeof messages;
/** Each language is complete: the compiler sees a message that is missing. */
export type LaterMessages = Readonly<Record<LaterMessageKey, string>>;

export default messages satisfies LaterMessages;
