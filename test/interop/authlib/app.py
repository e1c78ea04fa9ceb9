"""Authlib with Flask: signs in, asks userinfo who it is, and signs out at Postern too."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session, url_for
from requests import HTTPError

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
app.config["SERVER_NAME"] = os.environ["BASE_URL"].split("//")[1]

oauth = OAuth(app)
oauth.register(
    "postern",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/login")
def login():
    return oauth.postern.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = oauth.postern.authorize_access_token()
    # token["userinfo"] is what the ID token says: who, not their name. Userinfo has that.
    session["id_token"] = token["id_token"]
    session["access_token"] = token["access_token"]
    return redirect(url_for("me"))


@app.get("/me")
def me():
    if "access_token" not in session:
        return redirect(url_for("login"))
    token = {"access_token": session["access_token"], "token_type": "Bearer"}
    try:
        return oauth.postern.userinfo(token=token)
    except HTTPError as error:
        if error.response.status_code != 401:
            raise
        session.clear()
        return redirect(url_for("login"))


@app.get("/logout")
def logout():
    hint = session.pop("id_token", None)
    session.clear()
    return oauth.postern.logout_redirect(url_for("index", _external=True), id_token_hint=hint)


@app.get("/")
def index():
    if "state" in request.args:
        oauth.postern.validate_logout_response()
    return "Nobody is asked here who they are."
