import applications from '../../../../locales/zh-Hans/applications.json';
import audit from '../../../../locales/zh-Hans/audit.json';
import connect from '../../../../locales/zh-Hans/connect.json';
import credentials from '../../../../locales/zh-Hans/credentials.json';
import fields from '../../../../locales/zh-Hans/fields.json';
import instance from '../../../../locales/zh-Hans/instance.json';
import people from '../../../../locales/zh-Hans/people.json';
import problems from '../../../../locales/zh-Hans/problems.json';
import settings from '../../../../locales/zh-Hans/settings.json';
import shell from '../../../../locales/zh-Hans/shell.json';
import users from '../../../../locales/zh-Hans/users.json';
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
