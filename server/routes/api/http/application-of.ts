import type { FastifyRequest } from 'fastify';
import { parseId } from '../../../base/ids.ts';
import type { Application } from '../../../model/application.ts';
import { type credentialTypes, refuseCredentialOfOtherType } from '../../../model/application-fields.ts';
import { applicationNotFound } from '../../../registry/applications/existing.ts';
import type { Services } from '../../../services.ts';
import { findApplication } from '../../../store/applications.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route below /applications/:id. */
    application: Application;
  }
}

/**
 * Finds the application of the path before the body is read, so that 404 and `not_for_type` come before anything
 * that is wrong with the body. The rules check again in the transaction that writes.
 * @param credential what the route is about, which not every type has
 */
export function applicationOfPath(services: Services, credential?: keyof typeof credentialTypes) {
  return async (request: FastifyRequest): Promise<void> => {
    const id = parseId((request.params as { id?: string }).id);
    const application = id && (await findApplication(services.db, request.instance.id, id));
    if (!application) throw applicationNotFound();
    if (credential) refuseCredentialOfOtherType(application.type, credential);
    request.application = application;
  };
}
