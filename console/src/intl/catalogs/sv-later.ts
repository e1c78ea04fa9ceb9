import apis from '../../../../locales/sv/apis.json';
import providers from '../../../../locales/sv/providers.json';
import tryIt from '../../../../locales/sv/try.json';
import type { LaterMessages } from './en-later.ts';

const messages: LaterMessages = { ...apis, ...providers, ...tryIt };

export default messages;
