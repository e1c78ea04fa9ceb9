/**
 * What a request object (OpenID Connect Core 6.1) says of how its client wants to be answered. No request object is taken here; but a
 * client that puts all its parameters into one hears of that only if the refusal comes with its `state`, in its `response_mode`. Neither
 * is verified, as little as the parameters of a URL are.
 * @param text the parameter `request`
 */
export function answerAskedFor(text: string | undefined): { state?: string; response_mode?: string } {
  const [, payload = ''] = (text ?? '').split('.', 2);
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return {};
  }
  const { state, response_mode } = (claims ?? {}) as Record<string, unknown>;
  return {
    ...(typeof state === 'string' ? { state } : {}),
    ...(typeof response_mode === 'string' ? { response_mode } : {}),
  };
}
