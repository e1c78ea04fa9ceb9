import type { ApplicationType } from '../api/types.ts';
import type { TypeWords } from '../ui/type-cards.tsx';

/** What each type is called, what it is for, and how it authenticates; the examples are languages and frameworks. */
export const applicationTypes: Readonly<Record<ApplicationType, TypeWords>> = {
  machine: {
    label: 'applications.type_machine',
    about: 'applications.best_for_machine',
    fact: 'applications.authentication_machine',
    examples: ['Shell', 'Python'],
  },
  spa: {
    label: 'applications.type_spa',
    about: 'applications.best_for_spa',
    fact: 'applications.authentication_spa',
    examples: ['JavaScript', 'Angular', 'React', 'Vue'],
  },
  web: {
    label: 'applications.type_web',
    about: 'applications.best_for_web',
    fact: 'applications.authentication_web',
    examples: ['Go', 'Java', 'ASP.NET', 'Node.js', 'PHP'],
  },
};
