"""A product whose users sign in with Flask, and are handed over."""

import os
import time
from html import escape

from flask import Flask, redirect, request, session

from hand_over import hand_over

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
app.register_blueprint(hand_over)


@app.get("/sign-in")
def form():
    to = escape(request.args.get("next", "/"))
    return f'<form method="post"><input name="email"><input name="password"><input type="hidden" name="next" value="{to}"></form>'


@app.post("/sign-in")
def sign_in():
    email = request.form["email"]
    session["user"] = {"id": f"harbour:{email}", "email": email, "name": "Zoë O’Hara & Söner", "since": int(time.time())}
    return redirect(request.form["next"], 303)
