import { doubleQuoted } from './quote.ts';
import type { JwtClaims, SnippetRequest, Value } from './request.ts';

/** The request as a file for `dotnet run`, without packages. */
export function csharpSnippet(request: SnippetRequest): string {
  const { method, url, basicClientId, tokenHeader, form, jwt } = request;
  const namespaces = [
    'System',
    ...(form.length > 0 ? ['System.Collections.Generic'] : []),
    ...(jwt ? ['System.IO'] : []),
    'System.Net.Http',
    ...(basicClientId === undefined ? [] : ['System.Net.Http.Headers']),
    ...(jwt ? ['System.Security.Cryptography'] : []),
    ...(basicClientId !== undefined || jwt ? ['System.Text'] : []),
    ...(jwt ? ['System.Text.Json.Nodes'] : []),
  ];
  const lines = [
    ...namespaces.map((name) => `using ${name};`),
    '',
    'string Env(string name) =>',
    '    Environment.GetEnvironmentVariable(name) ?? throw new Exception(name + " is not set");',
    '',
    ...(jwt ? [signing(jwt)] : []),
    'using var client = new HttpClient();',
    `using var request = new HttpRequestMessage(HttpMethod.${method === 'POST' ? 'Post' : 'Get'}, ${typeof url === 'string' ? doubleQuoted(url) : 'Env("API_URL")'});`,
    ...(basicClientId === undefined
      ? []
      : [
          `var credentials = Encoding.UTF8.GetBytes(${doubleQuoted(`${basicClientId}:`)} + Env("CLIENT_SECRET"));`,
          'request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));',
        ]),
    ...(tokenHeader
      ? [
          `request.Headers.Add(${doubleQuoted(tokenHeader.name)}, ${tokenHeader.prefix ? `${doubleQuoted(tokenHeader.prefix)} + ` : ''}Env("ACCESS_TOKEN"));`,
        ]
      : []),
    ...(form.length > 0
      ? [
          'request.Content = new FormUrlEncodedContent(new Dictionary<string, string>',
          '{',
          ...form.map(([name, value]) => `    [${doubleQuoted(name)}] = ${literal(value)},`),
          '});',
        ]
      : []),
    '',
    'using var answer = await client.SendAsync(request);',
    'Console.WriteLine(await answer.Content.ReadAsStringAsync());',
    'return answer.IsSuccessStatusCode ? 0 : 1;',
  ];
  return `${lines.join('\n')}\n`;
}

function literal(value: Value): string {
  if (typeof value === 'string') return doubleQuoted(value);
  return 'variable' in value ? `Env(${doubleQuoted(value.variable)})` : 'jwt';
}

function signing({ iss, sub, aud }: JwtClaims): string {
  return `string Base64Url(byte[] bytes) =>
    Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
string Part(JsonObject value) => Base64Url(Encoding.UTF8.GetBytes(value.ToJsonString()));

var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" };
var claims = new JsonObject
{
    ["iss"] = ${doubleQuoted(iss)},
    ["sub"] = ${doubleQuoted(sub)},
    ["aud"] = ${doubleQuoted(aud)},
    ["iat"] = now,
    ["exp"] = now + 60,
    ["jti"] = Guid.NewGuid().ToString(),
};
var input = Part(header) + "." + Part(claims);
using var key = RSA.Create();
key.ImportFromPem(File.ReadAllText(Env("PRIVATE_KEY_FILE")));
var signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
var jwt = input + "." + Base64Url(signature);
`;
}
