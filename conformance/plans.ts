import type { Clients, Subject } from './postern.ts';

/** A certification plan of the suite, and what it is told of Postern. */
export interface Plan {
  /** As the suite calls it. */
  readonly name: string;
  /** What it certifies, as the Foundation says. */
  readonly title: string;
  /** What is chosen where the plan leaves something open; parameters that it fixes itself must not be named. */
  readonly variant: Readonly<Record<string, string>>;
  /** Which of the registered clients the plan uses, by the suite's names for them. */
  readonly clients: (of: Clients) => Readonly<Record<string, Credentials>>;
}

/** A client as the suite's configuration names it. */
export interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

const discoveredAndRegistered = { server_metadata: 'discovery', client_registration: 'static_client' };
const codeOnly = { client_registration: 'static_client', response_type: 'code' };

/** What was issued to `client` must be worth nothing to `client2`; a client of the suite knows one way to authenticate. */
const forSignIn: Plan['clients'] = ({ first, second }) => ({
  client: first,
  client2: second,
  client_secret_post: second,
});

export const plans: readonly Plan[] = [
  {
    name: 'oidcc-basic-certification-test-plan',
    title: 'Basic',
    variant: discoveredAndRegistered,
    clients: forSignIn,
  },
  {
    name: 'oidcc-config-certification-test-plan',
    title: 'Config',
    variant: {},
    clients: ({ first }) => ({ client: first }),
  },
  {
    name: 'oidcc-formpost-basic-certification-test-plan',
    title: 'Form Post',
    variant: discoveredAndRegistered,
    clients: forSignIn,
  },
  {
    name: 'oidcc-rp-initiated-logout-certification-test-plan',
    title: 'RP-Initiated Logout',
    variant: codeOnly,
    clients: ({ first }) => ({ client: first }),
  },
  {
    name: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
    title: 'Back-Channel Logout',
    variant: codeOnly,
    clients: ({ backChannel }) => ({ client: backChannel }),
  },
];

/** The configuration of a plan, as `POST /api/plan` takes it. */
export function configurationOf(plan: Plan, { alias, issuer, clients }: Subject): object {
  return {
    alias,
    description: 'Postern',
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration` },
    ...plan.clients(clients),
  };
}
