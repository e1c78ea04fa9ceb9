import apis from '../../../../locales/fr/apis.json';
import providers from '../../../../locales/fr/providers.json';
import tryIt from '../../../../locales/fr/try.json';
import type { LaterMessages } from './en-later.ts';

const messages: LaterMessages = { ...apis, ...providers, ...tryIt };

export default messages;
