import type { Application } from '../model/application.ts';

/**
 * Which front door a request came through. Both lead to the same rules; what differs is here and in
 * `routes/oauth/workfront.ts`.
 */
export type Profile = 'standard' | 'workfront';

/** Where each of them takes authorization requests. */
export const authorizePaths: Readonly<Record<Profile, string>> = {
  standard: '/oauth2/authorize',
  workfront: '/integrations/oauth2/authorize',
};

/** What `token_type` says. Clients of the Workfront profile use it as the name of the header that carries the token. */
export function tokenType(profile: Profile, application: Application): 'Bearer' | 'sessionID' {
  return profile === 'workfront' && application.type === 'web' ? 'sessionID' : 'Bearer';
}
