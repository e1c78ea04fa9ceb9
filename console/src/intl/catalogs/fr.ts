import applications from '../../../../locales/fr/applications.json';
import audit from '../../../../locales/fr/audit.json';
import connect from '../../../../locales/fr/connect.json';
import credentials from '../../../../locales/fr/credentials.json';
import fields from '../../../../locales/fr/fields.json';
import instance from '../../../../locales/fr/instance.json';
import people from '../../../../locales/fr/people.json';
import problems from '../../../../locales/fr/problems.json';
import settings from '../../../../locales/fr/settings.json';
import shell from '../../../../locales/fr/shell.json';
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
  ...settings,
  ...shell,
  ...users,
};

export default messages;
