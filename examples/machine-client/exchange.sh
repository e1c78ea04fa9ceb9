#!/bin/sh
# The JWT exchange of the Workfront profile with nothing but openssl and curl; prints the server's answer.
# Environment: ISSUER, CLIENT_ID, CLIENT_SECRET, CUSTOMER_ID (or the client ID), USER_ID, PRIVATE_KEY.
set -eu

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
claims=$(printf '{"iss":"%s","sub":"%s","exp":%d}' "${CUSTOMER_ID:-$CLIENT_ID}" "$USER_ID" $((now + 180)) | base64url)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -sign "${PRIVATE_KEY:-private.key}" -binary | base64url)

curl --silent --show-error --fail-with-body "${ISSUER:-http://localhost:3000}/integrations/oauth2/api/v1/jwt/exchange" \
  --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "client_secret=$CLIENT_SECRET" \
  --data-urlencode "jwt_token=$header.$claims.$signature"
echo
