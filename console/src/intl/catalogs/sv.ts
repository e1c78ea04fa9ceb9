import applications from '../../../../locales/sv/applications.json';
import audit from '../../../../locales/sv/audit.json';
import connect from '../../../../locales/sv/connect.json';
import credentials from '../../../../locales/sv/credentials.json';
import fields from '../../../../locales/sv/fields.json';
import instance from '../../../../locales/sv/instance.json';
import people from '../../../../locales/sv/people.json';
import problems from '../../../../locales/sv/problems.json';
import providers from '../../../../locales/sv/providers.json';
import settings from '../../../../locales/sv/settings.json';
import shell from '../../../../locales/sv/shell.json';
import tryIt from '../../../../locales/sv/try.json';
import users from '../../../../locales/sv/users.json';
import type { Messages } from './en.ts';

const messages: Messages = {
  ...applications,
  ...audit,
  ...connect,
  ...credentials,
  ...fields,
  ...instance,
  ...people,
  ...problems,
  ...providers,
  ...settings,
  ...shell,
  ...tryIt,
  ...users,
};

export default messages;
