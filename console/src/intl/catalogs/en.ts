import applications from '../../../../locales/en/applications.json';
import audit from '../../../../locales/en/audit.json';
import connect from '../../../../locales/en/connect.json';
import credentials from '../../../../locales/en/credentials.json';
import fields from '../../../../locales/en/fields.json';
import instance from '../../../../locales/en/instance.json';
import people from '../../../../locales/en/people.json';
import problems from '../../../../locales/en/problems.json';
import settings from '../../../../locales/en/settings.json';
import shell from '../../../../locales/en/shell.json';
import users from '../../../../locales/en/users.json';

const messages = {
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

export type FirstMessageKey = keyof typeof messages;
/** Each language is complete: the compiler sees a message that is missing. */
export type Messages = Readonly<Record<FirstMessageKey, string>>;

export default messages satisfies Messages;
