import { addressesOf } from '../endpoints.ts';
import { doubleQuoted } from '../snippets/quote.ts';
import { placeOf, type SignInValues } from './values.ts';

/** A web server for Python that signs users in, with Flask and Authlib. */
export function pythonProgram(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes, signedOutUri } = values;
  const { port, callback, home } = placeOf(values);
  return `import os
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, request, session
from markupsafe import escape

ISSUER = ${doubleQuoted(issuer)}

app = Flask(__name__)
app.secret_key = os.urandom(32)  # the same for all your servers, and kept
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"

server = OAuth(app).register(
    "server",
    client_id=${doubleQuoted(clientId)},
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=${doubleQuoted(addressesOf(issuer).discovery)},
    client_kwargs={"scope": ${doubleQuoted(scopes.join(' '))}, "code_challenge_method": "S256"},
)


@app.get("/sign-in")
def sign_in():
    # Makes the state, the nonce and the code challenge, and keeps them in the session.
    return server.authorize_redirect(${doubleQuoted(redirectUri)})


@app.get(${doubleQuoted(callback)})
def finish_sign_in():
    if request.args.get("iss") != ISSUER:
        return "This answer is another server's", 400
    try:
        # Checks the state, swaps the code for tokens, and checks the ID token.
        tokens = server.authorize_access_token()
    except OAuthError as error:
        return str(error), 400, {"Content-Type": "text/plain; charset=utf-8"}
    user = server.userinfo(token=tokens)
    if user["sub"] != tokens["userinfo"]["sub"]:
        return "This is another user", 400
    session.clear()
    session["user"] = user
    session["id_token"] = tokens["id_token"]
    return redirect(${doubleQuoted(home)})


@app.get("/sign-out")
def sign_out():
    hint = {"id_token_hint": session["id_token"]} if "id_token" in session else {}
    session.clear()
    query = urlencode({"client_id": server.client_id${signedOutUri === undefined ? '' : `, "post_logout_redirect_uri": ${doubleQuoted(signedOutUri)}`}, **hint})
    return redirect(server.load_server_metadata()["end_session_endpoint"] + "?" + query)


@app.get(${doubleQuoted(home)})
def home():
    if "user" not in session:
        return '<a href="/sign-in">Sign in</a>'
    user = session["user"]
    return f'<p>Signed in as {escape(user.get("name", user["sub"]))}</p><a href="/sign-out">Sign out</a>'


app.run(port=${port})
`;
}
