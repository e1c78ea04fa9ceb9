-- What access tokens are for besides the instance itself: its default API is made of columns of its own row.
CREATE TABLE apis (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  access_token_lifetime INTEGER,
  signing_alg TEXT NOT NULL,
  token_typ TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (instance_id, identifier)
) WITHOUT ROWID;

-- How tokens of the default API are made (JSON); what is not there is as it is at first.
ALTER TABLE instances ADD COLUMN default_api TEXT NOT NULL DEFAULT '{}';

-- The identifiers of the APIs that a request named (RFC 8707), with spaces between them; null: it named none.
ALTER TABLE authorization_codes ADD COLUMN resources TEXT;
ALTER TABLE authorizations ADD COLUMN resources TEXT;
