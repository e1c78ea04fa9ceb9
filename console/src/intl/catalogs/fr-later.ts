import providers from '../../../../locales/fr/providers.json';
import tryIt from '../../../../locales/fr/try.json';
import type { LaterMessages } from './en-later.ts';

const messages: LaterMessages = { ...providers, ...tryIt };

export default messages;
