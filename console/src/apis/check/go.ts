import { doubleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** Checks a token in Go, by go-oidc, whose verifier looks at everything but the type. */
export function goCheck({ issuer, jwksUri, audience, algorithm, typ, scope }: CheckValues): string {
  return `package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

var verifier = oidc.NewVerifier(
	${quoted(issuer)},
	oidc.NewRemoteKeySet(context.Background(), ${quoted(jwksUri)}),
	&oidc.Config{ClientID: ${quoted(audience)}, SupportedSigningAlgs: []string{${quoted(algorithm)}}},
)

type claims struct {
	Subject  string \`json:"sub"\`
	ClientID string \`json:"client_id"\`
	Scope    string \`json:"scope"\`
}

// verify gives the claims of an access token that is good here, and an error for every other one.
func verify(ctx context.Context, token, scope string) (*claims, error) {
	if typeOf(token) != ${quoted(typ)} {
		return nil, errors.New("this is no access token")
	}
	checked, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	var found claims
	if err := checked.Claims(&found); err != nil {
		return nil, err
	}
	if found.ClientID == "" || !slices.Contains(strings.Fields(found.Scope), scope) {
		return nil, fmt.Errorf("the token has not the scope %s", scope)
	}
	return &found, nil
}

func typeOf(token string) string {
	var header struct {
		Type string \`json:"typ"\`
	}
	head, _, _ := strings.Cut(token, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(head)
	_ = json.Unmarshal(raw, &header)
	return header.Type
}

func main() {
	found, err := verify(context.Background(), os.Getenv("ACCESS_TOKEN"), ${quoted(scope)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\\n", *found)
}
`;
}
