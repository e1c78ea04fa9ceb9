import { addressesOf } from '../endpoints.ts';
import { phpQuoted } from '../snippets/quote.ts';
import { placeOf, type SignInValues } from './values.ts';

/** A script for PHP's own server that signs users in, with league/oauth2-client and firebase/php-jwt. */
export function phpProgram(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes, signedOutUri } = values;
  const { callback, home } = placeOf(values);
  const { standard, userinfo, jwks, signOut } = addressesOf(issuer);
  return `<?php

require 'vendor/autoload.php';

use Firebase\\JWT\\JWK;
use Firebase\\JWT\\JWT;
use League\\OAuth2\\Client\\Provider\\GenericProvider;

$clientId = ${phpQuoted(clientId)};
$server = new GenericProvider([
    'clientId' => $clientId,
    'clientSecret' => getenv('CLIENT_SECRET'),
    'redirectUri' => ${phpQuoted(redirectUri)},
    'urlAuthorize' => ${phpQuoted(standard.authorize)},
    'urlAccessToken' => ${phpQuoted(standard.token)},
    'urlResourceOwnerDetails' => ${phpQuoted(userinfo)},
    'scopes' => [${scopes.map(phpQuoted).join(', ')}],
    'scopeSeparator' => ' ',
    'pkceMethod' => 'S256',
]);

function goTo(string $address): never
{
    header("Location: $address", true, 303);
    exit;
}

function refuse(string $why): never
{
    http_response_code(400);
    header('Content-Type: text/plain; charset=utf-8');
    exit($why);
}

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/sign-in':
        $nonce = bin2hex(random_bytes(16));
        $address = $server->getAuthorizationUrl(['nonce' => $nonce]);
        $_SESSION['asked'] = [$server->getState(), $nonce, $server->getPkceCode()];
        goTo($address);

    case ${phpQuoted(callback)}:
        [$state, $nonce, $verifier] = $_SESSION['asked'] ?? refuse('This answer was not asked for');
        unset($_SESSION['asked']);
        if (!hash_equals($state, $_GET['state'] ?? '') || ($_GET['iss'] ?? '') !== ${phpQuoted(issuer)}) {
            refuse('This answer was not asked for');
        }
        if (isset($_GET['error'])) {
            refuse($_GET['error_description'] ?? $_GET['error']);
        }
        $server->setPkceCode($verifier);
        $tokens = $server->getAccessToken('authorization_code', ['code' => $_GET['code'] ?? '']);
        $idToken = $tokens->getValues()['id_token'];
        $keys = JWK::parseKeySet(json_decode(file_get_contents(${phpQuoted(jwks)}), true));
        $claims = JWT::decode($idToken, $keys); // checks the signature and exp
        if ($claims->iss !== ${phpQuoted(issuer)} || $claims->aud !== $clientId || $claims->nonce !== $nonce) {
            refuse('This ID token is not good');
        }
        $user = $server->getResourceOwner($tokens)->toArray();
        if ($user['sub'] !== $claims->sub) {
            refuse('This is another user');
        }
        session_regenerate_id(true);
        $_SESSION['user'] = $user;
        $_SESSION['id_token'] = $idToken;
        goTo(${phpQuoted(home)});

    case '/sign-out':
        $query = http_build_query([
            'id_token_hint' => $_SESSION['id_token'] ?? null,
            'client_id' => $clientId,
${signedOutUri === undefined ? '' : `            'post_logout_redirect_uri' => ${phpQuoted(signedOutUri)},\n`}        ]);
        session_destroy();
        goTo(${phpQuoted(`${signOut}?`)} . $query);

    default:
        if (isset($_SESSION['user'])) {
            $name = htmlspecialchars($_SESSION['user']['name'] ?? $_SESSION['user']['sub']);
            echo "<p>Signed in as $name</p><a href=\\"/sign-out\\">Sign out</a>";
        } else {
            echo '<a href="/sign-in">Sign in</a>';
        }
}
`;
}
