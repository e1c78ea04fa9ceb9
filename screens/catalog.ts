import type { World } from './worlds.ts';

export type WorldName = 'busy' | 'empty' | 'full';

/** One screen in one state. */
export interface Screen {
  /** Also the name of its picture. */
  readonly id: string;
  readonly group: 'Pages' | 'Console';
  readonly title: string;
  /** `busy` unless told. */
  readonly world?: WorldName;
  /** The REST API answers nothing, or refuses everything. */
  readonly condition?: 'slow' | 'failing';
  /** Who looks at it; nobody is signed in unless told. */
  readonly as?: 'administrator' | 'user' | 'newcomer';
  /** Where it is. */
  path(world: World): string;
  /** The form that leads to this state, sent to `path`. */
  form?(world: World): Record<string, string>;
}

const authorize = (parameters: Record<string, string>) =>
  `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', state: 'made-up', ...parameters })}`;

const pkce = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

const request = (world: World, name: string, more: Record<string, string> = {}) => {
  const application = world.applications[name];
  const [redirectUri = ''] = application?.redirect_uris ?? [];
  return authorize({ client_id: application?.client_id ?? '', redirect_uri: redirectUri, ...pkce, ...more });
};

const signOut = (world: World, more: Record<string, string> = {}) =>
  `/oauth2/logout?${new URLSearchParams({ client_id: world.applications['web']?.client_id ?? '', ...more })}`;

const pages: Screen[] = [
  { id: 'sign-in', group: 'Pages', title: 'Sign-in', path: () => '/login' },
  {
    id: 'sign-in-for-application',
    group: 'Pages',
    title: 'Sign-in on the way to an application',
    path: (world) => request(world, 'web', { scope: 'api offline_access' }),
  },
  {
    id: 'sign-in-refused',
    group: 'Pages',
    title: 'Sign-in with a wrong password',
    path: () => '/login',
    form: (world) => ({ email: world.newcomer.email, password: 'not this one', return_to: '/account' }),
  },
  {
    id: 'sign-in-no-cookies',
    group: 'Pages',
    title: 'Sign-in in a browser that refuses cookies',
    path: () => '/login?signed_in=1',
  },
  { id: 'sign-in-again', group: 'Pages', title: 'Sign-in while signed in', as: 'user', path: () => '/login' },
  {
    id: 'sign-in-asked-again',
    group: 'Pages',
    title: 'Sign-in that an application asks for again',
    as: 'user',
    path: (world) => request(world, 'web', { scope: 'api', prompt: 'login' }),
  },
  {
    id: 'consent',
    group: 'Pages',
    title: 'Consent',
    as: 'newcomer',
    path: (world) => request(world, 'web', { scope: 'api offline_access' }),
  },
  {
    id: 'consent-identity',
    group: 'Pages',
    title: 'Consent to sign-in and more',
    as: 'newcomer',
    path: (world) => request(world, 'web', { scope: 'openid profile email api offline_access' }),
  },
  {
    id: 'consent-administrator',
    group: 'Pages',
    title: 'Consent to more, without a logo',
    as: 'administrator',
    path: (world) => request(world, 'fusion', { scope: 'api offline_access', prompt: 'consent' }),
  },
  {
    id: 'consent-device',
    group: 'Pages',
    title: 'Consent to a program on the device',
    as: 'newcomer',
    path: (world) => request(world, 'spa', { scope: 'api', redirect_uri: 'http://127.0.0.1:49152/callback' }),
  },
  {
    id: 'sign-out',
    group: 'Pages',
    title: 'Sign-out at the wish of an application',
    as: 'user',
    path: (world) => signOut(world),
  },
  {
    id: 'signed-out',
    group: 'Pages',
    title: 'Signed out of an application',
    path: (world) => signOut(world),
  },
  { id: 'account', group: 'Pages', title: 'Account', as: 'user', path: () => '/account' },
  {
    id: 'account-empty',
    group: 'Pages',
    title: 'Account without apps',
    as: 'newcomer',
    path: () => '/account',
  },
  {
    id: 'account-notice',
    group: 'Pages',
    title: 'Account after a change',
    as: 'user',
    path: () => '/account?notice=authorization_ended',
  },
  {
    id: 'error-unknown-client',
    group: 'Pages',
    title: 'Error: unknown application',
    path: () => authorize({ client_id: '0'.repeat(32) }),
  },
  {
    id: 'error-disabled-client',
    group: 'Pages',
    title: 'Error: application switched off',
    path: (world) => request(world, 'off'),
  },
  {
    id: 'error-redirect-uri',
    group: 'Pages',
    title: 'Error: the way back is not registered',
    path: (world) => request(world, 'web', { redirect_uri: 'https://elsewhere.example/callback?from=app' }),
  },
  {
    id: 'error-post-logout-redirect-uri',
    group: 'Pages',
    title: 'Error: the way back after sign-out is not registered',
    as: 'user',
    path: (world) => signOut(world, { post_logout_redirect_uri: 'https://elsewhere.example/bye' }),
  },
  { id: 'error-not-found', group: 'Pages', title: 'Error: nothing here', path: () => '/nothing-here' },
  {
    id: 'error-setup-link',
    group: 'Pages',
    title: 'Error: dead set-up link',
    path: () => '/setup?token=dead',
  },
  {
    id: 'error-not-administrator',
    group: 'Pages',
    title: 'Error: not an administrator',
    as: 'user',
    path: () => '/console',
  },
];

const applicationTabs = ['settings', 'credentials', 'connect', 'try', 'users', 'activity'] as const;
const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const consoleScreens: Screen[] = [
  ...(['busy', 'empty', 'full'] as const).map(
    (world): Screen => ({
      id: `applications-${world}`,
      group: 'Console',
      title: `OAuth2 Applications, ${world}`,
      world,
      as: 'administrator',
      path: () => '/console/applications',
    }),
  ),
  ...(['web', 'spa', 'machine'] as const).flatMap((name) =>
    applicationTabs.map(
      (tab): Screen => ({
        id: `${name}-${tab}`,
        group: 'Console',
        title: `${title(tab)} of a ${name} application`,
        as: 'administrator',
        path: (world) => `/console/applications/${world.applications[name]?.id}/${tab}`,
      }),
    ),
  ),
  ...(['settings', 'users', 'activity'] as const).map(
    (tab): Screen => ({
      id: `unused-${tab}`,
      group: 'Console',
      title: `${title(tab)} of an application nobody uses`,
      as: 'administrator',
      path: (world) => `/console/applications/${world.applications['unused']?.id}/${tab}`,
    }),
  ),
  {
    id: 'application-unknown',
    group: 'Console',
    title: 'An application that is not there',
    as: 'administrator',
    path: () => `/console/applications/${'0'.repeat(32)}/settings`,
  },
  { id: 'users', group: 'Console', title: 'Users', as: 'administrator', path: () => '/console/users' },
  {
    id: 'user',
    group: 'Console',
    title: 'A user',
    as: 'administrator',
    path: (world) => `/console/users/${world.user.id}`,
  },
  {
    id: 'user-self',
    group: 'Console',
    title: 'Oneself as a user',
    as: 'administrator',
    path: (world) => `/console/users/${world.administrator.id}`,
  },
  {
    id: 'user-identities',
    group: 'Console',
    title: 'A user who comes by identity providers',
    world: 'full',
    as: 'administrator',
    path: (world) => `/console/users/${world.user.id}`,
  },
  {
    id: 'identity-providers',
    group: 'Console',
    title: 'Identity providers',
    world: 'full',
    as: 'administrator',
    path: () => '/console/identity-providers',
  },
  {
    id: 'identity-providers-none',
    group: 'Console',
    title: 'No identity provider',
    world: 'empty',
    as: 'administrator',
    path: () => '/console/identity-providers',
  },
  ...(
    [
      ['oidc', 'An identity provider by OpenID Connect that fails'],
      ['saml', 'An identity provider by SAML'],
      ['handover', 'A product that hands its users over'],
      ['off', 'An identity provider that is switched off'],
    ] as const
  ).map(
    ([name, title]): Screen => ({
      id: `identity-provider-${name}`,
      group: 'Console',
      title,
      world: 'full',
      as: 'administrator',
      path: (world) => `/console/identity-providers/${world.providers[name]}`,
    }),
  ),
  {
    id: 'apis',
    group: 'Console',
    title: 'APIs',
    world: 'full',
    as: 'administrator',
    path: () => '/console/apis',
  },
  ...(
    [
      ['crowded', 'An API with many scopes'],
      ['old', 'An API whose tokens are made for old software'],
      ['empty', 'An API without scopes'],
    ] as const
  ).map(
    ([name, title]): Screen => ({
      id: `api-${name}`,
      group: 'Console',
      title,
      world: 'full',
      as: 'administrator',
      path: (world) => `/console/apis/${world.apis[name]}`,
    }),
  ),
  {
    id: 'settings-scopes-by-api',
    group: 'Console',
    title: 'Settings of an application with scopes of several APIs',
    world: 'full',
    as: 'administrator',
    path: (world) => `/console/applications/${world.applications['number1']?.id}/settings`,
  },
  {
    id: 'audit-log',
    group: 'Console',
    title: 'Audit log',
    as: 'administrator',
    path: () => '/console/audit-log',
  },
  {
    id: 'audit-log-nothing',
    group: 'Console',
    title: 'Audit log with nothing found',
    as: 'administrator',
    path: () => '/console/audit-log?type=signing_key.rotated&until=2020-01-01',
  },
  {
    id: 'instance',
    group: 'Console',
    title: 'Instance',
    as: 'administrator',
    path: () => '/console/instance',
  },
  {
    id: 'console-not-found',
    group: 'Console',
    title: 'No such screen',
    as: 'administrator',
    path: () => '/console/nothing-here',
  },
  ...(['slow', 'failing'] as const).flatMap((condition) =>
    (['applications', 'users', 'identity-providers', 'apis', 'audit-log', 'instance'] as const).map(
      (screen): Screen => ({
        id: `${screen}-${condition}`,
        group: 'Console',
        title: `${title(screen)} while the API is ${condition}`,
        condition,
        as: 'administrator',
        path: () => `/console/${screen}`,
      }),
    ),
  ),
];

/** Every screen in every state. */
export const screens: readonly Screen[] = [...pages, ...consoleScreens];
