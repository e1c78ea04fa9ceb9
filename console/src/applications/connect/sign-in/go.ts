import { doubleQuoted } from '../snippets/quote.ts';
import { placeOf, type SignInValues } from './values.ts';

/** A web server for Go that signs users in, with go-oidc and x/oauth2. */
export function goProgram(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes, signedOutUri } = values;
  const { port, callback, home } = placeOf(values);
  return `package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"log"
	"net/http"
	"net/url"
	"os"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const issuer = ${doubleQuoted(issuer)}

// What belongs to a browser, by its cookie. Keep it in a store that all your servers share.
type browser struct{ state, nonce, verifier, name, idToken string }

var (
	lock     sync.Mutex
	browsers = map[string]browser{}
)

// take gives what belongs to the browser, for the only time.
func take(r *http.Request) (browser, bool) {
	cookie, err := r.Cookie("browser")
	if err != nil {
		return browser{}, false
	}
	lock.Lock()
	defer lock.Unlock()
	found, ok := browsers[cookie.Value]
	delete(browsers, cookie.Value)
	return found, ok
}

func keep(w http.ResponseWriter, b browser) {
	id := rand.Text()
	lock.Lock()
	defer lock.Unlock()
	browsers[id] = b
	http.SetCookie(w, &http.Cookie{Name: "browser", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func main() {
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	var metadata struct {
		EndSession string \`json:"end_session_endpoint"\`
	}
	if err := provider.Claims(&metadata); err != nil {
		log.Fatal(err)
	}
	config := oauth2.Config{
		ClientID:     ${doubleQuoted(clientId)},
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  ${doubleQuoted(redirectUri)},
		Scopes:       []string{${scopes.map(doubleQuoted).join(', ')}},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})

	http.HandleFunc("/sign-in", func(w http.ResponseWriter, r *http.Request) {
		b := browser{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
		keep(w, b)
		address := config.AuthCodeURL(b.state, oidc.Nonce(b.nonce), oauth2.S256ChallengeOption(b.verifier))
		http.Redirect(w, r, address, http.StatusSeeOther)
	})

	http.HandleFunc(${doubleQuoted(callback)}, func(w http.ResponseWriter, r *http.Request) {
		asked, ok := take(r)
		answer := r.URL.Query()
		if !ok || answer.Get("state") != asked.state || answer.Get("iss") != issuer {
			http.Error(w, "This answer was not asked for", http.StatusBadRequest)
			return
		}
		if answer.Has("error") {
			http.Error(w, answer.Get("error_description"), http.StatusBadRequest)
			return
		}
		tokens, err := config.Exchange(r.Context(), answer.Get("code"), oauth2.VerifierOption(asked.verifier))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		raw, _ := tokens.Extra("id_token").(string)
		idToken, err := verifier.Verify(r.Context(), raw)
		if err != nil || idToken.Nonce != asked.nonce || idToken.VerifyAccessToken(tokens.AccessToken) != nil {
			http.Error(w, "This ID token is not good", http.StatusBadRequest)
			return
		}
		user, err := provider.UserInfo(r.Context(), oauth2.StaticTokenSource(tokens))
		if err != nil || user.Subject != idToken.Subject {
			http.Error(w, "This is another user", http.StatusBadRequest)
			return
		}
		profile := struct{ Name string }{Name: user.Subject}
		if err := user.Claims(&profile); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		keep(w, browser{name: profile.Name, idToken: raw})
		http.Redirect(w, r, ${doubleQuoted(home)}, http.StatusSeeOther)
	})

	http.HandleFunc("/sign-out", func(w http.ResponseWriter, r *http.Request) {
		query := url.Values{"client_id": {config.ClientID}${signedOutUri === undefined ? '' : `, "post_logout_redirect_uri": {${doubleQuoted(signedOutUri)}}`}}
		if b, ok := take(r); ok {
			query.Set("id_token_hint", b.idToken)
		}
		http.Redirect(w, r, metadata.EndSession+"?"+query.Encode(), http.StatusSeeOther)
	})

	http.HandleFunc(${doubleQuoted(home)}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if cookie, err := r.Cookie("browser"); err == nil {
			lock.Lock()
			b := browsers[cookie.Value]
			lock.Unlock()
			if b.name != "" {
				fmt.Fprintf(w, \`<p>Signed in as %s</p><a href="/sign-out">Sign out</a>\`, html.EscapeString(b.name))
				return
			}
		}
		fmt.Fprint(w, \`<a href="/sign-in">Sign in</a>\`)
	})

	log.Fatal(http.ListenAndServe(":${port}", nil))
}
`;
}
