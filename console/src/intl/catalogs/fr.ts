import applications from '../../../../locales/fr/applications.json';
import audit from '../../../../locales/fr/audit.json';
import connect from '../../../../locales/fr/connect.json';
import credentials from '../../../../locales/fr/credentials.json';
import fields from '../../../../locales/fr/fields.json';
import instance from '../../../../locales/fr/instance.json';
import people from '../../../../locales/fr/people.json';
import problems from '../../../../locales/fr/problems.json';
import providers from '../../../../locales/fr/providers.json';
import settings from '../../../../locales/fr/settings.json';
import shell from '../../../../locales/fr/shell.json';
import tryIt from '../../../../locales/fr/try.json';
import users from '../../../../locales/fr/users.json';
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
