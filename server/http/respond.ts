import type { FastifyReply } from 'fastify';

/**
 * Sends a page with the headers that every page has.
 * @param html the whole document
 * @param options.formAction what a form of the page may lead to, redirects included (CSP `form-action`); null leaves
 *   the directive out, for a sign-in whose redirect may go on to any client. Without it: this origin
 * @param options.referrerPolicy `no-referrer` where the URL holds a code or token
 * @param options.scripts whether the page has a script of ours
 */
export function sendPage(
  reply: FastifyReply,
  html: string,
  options: {
    status?: number;
    formAction?: readonly string[] | null;
    referrerPolicy?: 'no-referrer' | 'same-origin';
    scripts?: boolean;
  } = {},
): FastifyReply {
  const { status = 200, formAction = ["'self'"], referrerPolicy = 'same-origin', scripts = false } = options;
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(scripts ? ["script-src 'self'"] : []),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(formAction === null ? [] : [`form-action ${formAction.join(' ')}`]),
  ];
  return reply
    .code(status)
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Security-Policy', policy.join('; '))
    .header('X-Frame-Options', 'DENY')
    .header('Referrer-Policy', referrerPolicy)
    .header('Cache-Control', 'no-store')
    .send(html);
}
