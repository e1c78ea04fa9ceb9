import { doubleQuoted } from './quote.ts';
import type { JwtClaims, SnippetRequest, Value } from './request.ts';

const failed = `if err != nil {
		log.Fatal(err)
	}`;

/** The request as a program in Go, with the standard library alone, laid out as gofmt does. */
export function goSnippet(request: SnippetRequest): string {
  const { method, url, basicClientId, tokenHeader, form, jwt } = request;
  const packages = [
    ...(jwt ? ['crypto', 'crypto/rand', 'crypto/rsa', 'crypto/sha256', 'crypto/x509'] : []),
    ...(jwt ? ['encoding/base64', 'encoding/hex', 'encoding/json', 'encoding/pem'] : []),
    'fmt',
    'io',
    'log',
    'net/http',
    ...(form.length > 0 ? ['net/url'] : []),
    'os',
    ...(form.length > 0 ? ['strings'] : []),
    ...(jwt ? ['time'] : []),
  ];
  const body = form.length > 0 ? 'strings.NewReader(form.Encode())' : 'nil';
  const address = typeof url === 'string' ? doubleQuoted(url) : 'os.Getenv("API_URL")';
  const lines = [
    ...(jwt ? [`token, err := signedJWT()`, failed] : []),
    ...(form.length > 0 ? ['form := url.Values{', ...aligned(form), '}'] : []),
    `request, err := http.NewRequest(${doubleQuoted(method)}, ${address}, ${body})`,
    failed,
    ...(form.length > 0 ? ['request.Header.Set("Content-Type", "application/x-www-form-urlencoded")'] : []),
    ...(basicClientId === undefined
      ? []
      : [`request.SetBasicAuth(${doubleQuoted(basicClientId)}, os.Getenv("CLIENT_SECRET"))`]),
    ...(tokenHeader
      ? [
          `request.Header.Set(${doubleQuoted(tokenHeader.name)}, ${tokenHeader.prefix ? `${doubleQuoted(tokenHeader.prefix)}+` : ''}os.Getenv("ACCESS_TOKEN"))`,
        ]
      : []),
    'answer, err := http.DefaultClient.Do(request)',
    failed,
    'defer answer.Body.Close()',
    'text, err := io.ReadAll(answer.Body)',
    failed,
    'fmt.Println(string(text))',
    `if answer.StatusCode >= 400 {
		os.Exit(1)
	}`,
  ];
  return `package main

import (
${packages.map((name) => `\t"${name}"`).join('\n')}
)

func main() {
${lines.map((line) => `\t${line}`).join('\n')}
}
${jwt ? signing(jwt) : ''}`;
}

function aligned(form: SnippetRequest['form']): string[] {
  const width = Math.max(...form.map(([name]) => name.length));
  return form.map(([name, value]) => `\t${`${doubleQuoted(name)}:`.padEnd(width + 3)} {${literal(value)}},`);
}

function literal(value: Value): string {
  if (typeof value === 'string') return doubleQuoted(value);
  return 'variable' in value ? `os.Getenv(${doubleQuoted(value.variable)})` : 'token';
}

function signing({ iss, sub, aud }: JwtClaims): string {
  return `
func signedJWT() (string, error) {
	text, err := os.ReadFile(os.Getenv("PRIVATE_KEY_FILE"))
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", fmt.Errorf("PRIVATE_KEY_FILE is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	signer, ok := key.(*rsa.PrivateKey)
	if !ok {
		return "", fmt.Errorf("PRIVATE_KEY_FILE is not an RSA key")
	}
	jti := make([]byte, 16)
	if _, err := rand.Read(jti); err != nil {
		return "", err
	}
	now := time.Now().Unix()
	input := part(map[string]any{"alg": "RS256", "typ": "JWT"}) + "." + part(map[string]any{
		"iss": ${doubleQuoted(iss)},
		"sub": ${doubleQuoted(sub)},
		"aud": ${doubleQuoted(aud)},
		"iat": now,
		"exp": now + 60,
		"jti": hex.EncodeToString(jti),
	})
	hash := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, signer, crypto.SHA256, hash[:])
	if err != nil {
		return "", err
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func part(value map[string]any) string {
	text, err := json.Marshal(value)
	if err != nil {
		log.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
`;
}
