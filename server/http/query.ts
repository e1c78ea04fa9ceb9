import type { FastifyRequest } from 'fastify';

/** The query as it was sent; of a repeated parameter the first counts. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://localhost').searchParams;
}
