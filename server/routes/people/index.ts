import type { FastifyInstance } from 'fastify';
import type { Services } from '../../services.ts';
import { registerAccount } from './account.ts';
import { registerAssets } from './assets.ts';
import { registerLinkAccount } from './link-account.ts';
import { registerProviderAnswers } from './provider-answers.ts';
import { registerProviderTrip } from './provider-trip.ts';
import { registerSamlMetadata } from './saml-metadata.ts';
import { registerSetup } from './setup.ts';
import { registerSignIn } from './sign-in.ts';
import { registerSignOut } from './sign-out.ts';

/** Everything that people meet outside of a flow: sign-in, set-up, their account, and the files of those pages. */
export function registerPages(app: FastifyInstance, services: Services): void {
  registerAssets(app);
  registerSignIn(app, services);
  registerProviderTrip(app, services);
  registerProviderAnswers(app, services);
  registerSamlMetadata(app, services);
  registerLinkAccount(app, services);
  registerSignOut(app, services);
  registerSetup(app, services);
  registerAccount(app, services);
}
