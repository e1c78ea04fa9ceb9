import { phpQuoted } from './quote.ts';
import type { JwtClaims, SnippetRequest, Value } from './request.ts';

/** The request as a script for PHP, with no more than the openssl extension. */
export function phpSnippet(request: SnippetRequest): string {
  const { method, url, basicClientId, tokenHeader, form, jwt } = request;
  const headers = [
    ...(basicClientId === undefined
      ? []
      : [
          `'Authorization: Basic ' . base64_encode(${phpQuoted(`${basicClientId}:`)} . getenv('CLIENT_SECRET'))`,
        ]),
    ...(tokenHeader
      ? [`${phpQuoted(`${tokenHeader.name}: ${tokenHeader.prefix}`)} . getenv('ACCESS_TOKEN')`]
      : []),
    ...(form.length > 0 ? ["'Content-Type: application/x-www-form-urlencoded'"] : []),
  ];
  const lines = [
    '<?php',
    '',
    ...(jwt ? [signing(jwt)] : []),
    ...(form.length > 0
      ? ['$form = [', ...form.map(([name, value]) => `    ${phpQuoted(name)} => ${literal(value)},`), '];']
      : []),
    "$context = stream_context_create(['http' => [",
    `    'method' => '${method}',`,
    "    'header' => [",
    ...headers.map((header) => `        ${header},`),
    '    ],',
    ...(form.length > 0 ? ["    'content' => http_build_query($form),"] : []),
    "    'ignore_errors' => true,",
    ']]);',
    `$answer = fopen(${typeof url === 'string' ? phpQuoted(url) : "getenv('API_URL')"}, 'r', false, $context);`,
    'if ($answer === false) {',
    '    exit(1);',
    '}',
    'echo stream_get_contents($answer), "\\n";',
    "$status = (int) explode(' ', stream_get_meta_data($answer)['wrapper_data'][0])[1];",
    'exit($status < 400 ? 0 : 1);',
  ];
  return `${lines.join('\n')}\n`;
}

function literal(value: Value): string {
  if (typeof value === 'string') return phpQuoted(value);
  return 'variable' in value ? `getenv(${phpQuoted(value.variable)})` : '$jwt';
}

function signing({ iss, sub, aud }: JwtClaims): string {
  return `function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

$claims = [
    'iss' => ${phpQuoted(iss)},
    'sub' => ${phpQuoted(sub)},
    'aud' => ${phpQuoted(aud)},
    'iat' => time(),
    'exp' => time() + 60,
    'jti' => bin2hex(random_bytes(16)),
];
$input = base64url('{"alg":"RS256","typ":"JWT"}') . '.' . base64url(json_encode($claims));
$key = openssl_pkey_get_private(file_get_contents(getenv('PRIVATE_KEY_FILE')));
openssl_sign($input, $signature, $key, OPENSSL_ALGO_SHA256);
$jwt = $input . '.' . base64url($signature);
`;
}
