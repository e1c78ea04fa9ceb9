import apis from '../../../../locales/zh-Hans/apis.json';
import providers from '../../../../locales/zh-Hans/providers.json';
import tryIt from '../../../../locales/zh-Hans/try.json';
import type { LaterMessages } from './en-later.ts';

const messages: LaterMessages = { ...apis, ...providers, ...tryIt };

export default messages;
