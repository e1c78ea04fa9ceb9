import { doubleQuoted } from './quote.ts';
import type { JwtClaims, SnippetRequest, Value } from './request.ts';

/** The request as a script for Python 3, without packages. */
export function pythonSnippet(request: SnippetRequest): string {
  const { url, basicClientId, tokenHeader, form, jwt } = request;
  const modules = [
    ...(basicClientId !== undefined || jwt ? ['base64'] : []),
    ...(jwt ? ['json'] : []),
    'os',
    ...(jwt ? ['subprocess', 'time'] : []),
    'urllib.error',
    ...(form.length > 0 ? ['urllib.parse'] : []),
    'urllib.request',
    ...(jwt ? ['uuid'] : []),
  ];
  const headers = [
    ...(basicClientId === undefined
      ? []
      : ['"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()']),
    ...(tokenHeader
      ? [
          `${doubleQuoted(tokenHeader.name)}: ${tokenHeader.prefix ? `${doubleQuoted(tokenHeader.prefix)} + ` : ''}os.environ["ACCESS_TOKEN"]`,
        ]
      : []),
  ];
  const lines = [
    ...modules.map((name) => `import ${name}`),
    '',
    ...(jwt ? [signing(jwt)] : []),
    ...(form.length > 0
      ? ['form = {', ...form.map(([name, value]) => `    ${doubleQuoted(name)}: ${literal(value)},`), '}']
      : []),
    ...(basicClientId === undefined
      ? []
      : [`credentials = ${doubleQuoted(`${basicClientId}:`)} + os.environ["CLIENT_SECRET"]`]),
    'request = urllib.request.Request(',
    `    ${typeof url === 'string' ? doubleQuoted(url) : 'os.environ["API_URL"]'},`,
    ...(form.length > 0 ? ['    data=urllib.parse.urlencode(form).encode(),'] : []),
    ...(headers.length > 0 ? [`    headers={${headers.join(', ')}},`] : []),
    ')',
    'try:',
    '    with urllib.request.urlopen(request) as answer:',
    '        print(answer.read().decode())',
    'except urllib.error.HTTPError as error:',
    '    raise SystemExit(error.read().decode())',
  ];
  return `${lines.join('\n')}\n`;
}

function literal(value: Value): string {
  if (typeof value === 'string') return doubleQuoted(value);
  return 'variable' in value ? `os.environ[${doubleQuoted(value.variable)}]` : 'token';
}

/** The standard library cannot sign; openssl can. */
function signing({ iss, sub, aud }: JwtClaims): string {
  return `
def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def part(value):
    return base64url(json.dumps(value).encode())


now = int(time.time())
claims = {
    "iss": ${doubleQuoted(iss)},
    "sub": ${doubleQuoted(sub)},
    "aud": ${doubleQuoted(aud)},
    "iat": now,
    "exp": now + 60,
    "jti": str(uuid.uuid4()),
}
unsigned = part({"alg": "RS256", "typ": "JWT"}) + b"." + part(claims)
signature = subprocess.run(
    ["openssl", "dgst", "-sha256", "-sign", os.environ["PRIVATE_KEY_FILE"]],
    input=unsigned,
    capture_output=True,
    check=True,
).stdout
token = (unsigned + b"." + base64url(signature)).decode()
`;
}
