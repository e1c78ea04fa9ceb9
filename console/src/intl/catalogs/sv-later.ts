import providers from '../../../../locales/sv/providers.json';
import tryIt from '../../../../locales/sv/try.json';
import type { LaterMessages } from './en-later.ts';

const messages: LaterMessages = { ...providers, ...tryIt };

export default messages;
