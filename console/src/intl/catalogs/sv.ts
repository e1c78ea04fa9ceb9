import applications from '../../../../locales/sv/applications.json';
import audit from '../../../../locales/sv/audit.json';
import connect from '../../../../locales/sv/connect.json';
import credentials from '../../../../locales/sv/credentials.json';
import fields from '../../../../locales/sv/fields.json';
import instance from '../../../../locales/sv/instance.json';
import people from '../../../../locales/sv/people.json';
import problems from '../../../../locales/sv/problems.json';
import settings from '../../../../locales/sv/settings.json';
import shell from '../../../../locales/sv/shell.json';
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
  ...settings,
  ...shell,
  ...users,
};

export default messages;
