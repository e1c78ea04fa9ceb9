import type { ApplicationType } from '../api/types.ts';
import type { MessageKey } from '../intl/messages.ts';

/** What each type is called, what it is for, and how it authenticates. */
export const applicationTypes: Record<
  ApplicationType,
  {
    readonly label: MessageKey;
    readonly bestFor: MessageKey;
    readonly authentication: MessageKey;
    /** Names of languages and frameworks, which are the same in every language. */
    readonly examples: readonly string[];
  }
> = {
  machine: {
    label: 'applications.type_machine',
    bestFor: 'applications.best_for_machine',
    authentication: 'applications.authentication_machine',
    examples: ['Shell', 'Python'],
  },
  spa: {
    label: 'applications.type_spa',
    bestFor: 'applications.best_for_spa',
    authentication: 'applications.authentication_spa',
    examples: ['JavaScript', 'Angular', 'React', 'Vue'],
  },
  web: {
    label: 'applications.type_web',
    bestFor: 'applications.best_for_web',
    authentication: 'applications.authentication_web',
    examples: ['Go', 'Java', 'ASP.NET', 'Node.js', 'PHP'],
  },
};
