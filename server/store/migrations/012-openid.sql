-- What clients may ask for, and where they are told that a session has ended.
ALTER TABLE applications ADD COLUMN id_token_signed_response_alg TEXT NOT NULL DEFAULT 'ES256';
ALTER TABLE applications ADD COLUMN post_logout_redirect_uris TEXT NOT NULL DEFAULT '[]';
ALTER TABLE applications ADD COLUMN backchannel_logout_uri TEXT;
ALTER TABLE applications ADD COLUMN backchannel_logout_session_required INTEGER NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN jwks_uri TEXT;

-- How the user had signed in, and what else ID tokens and userinfo tell by this request (JSON); null where openid was not asked for.
ALTER TABLE authorization_codes ADD COLUMN openid TEXT;
ALTER TABLE authorizations ADD COLUMN openid TEXT;

-- Administrators alone enter addresses, and vouch for them.
ALTER TABLE users ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 1;
-- When what others read of a user changed last; null: not since the row was made.
ALTER TABLE users ADD COLUMN updated_at INTEGER;

-- Which applications got an ID token in a browser session: who is told when it ends.
CREATE TABLE session_clients (
  session_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  instance_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  PRIMARY KEY (session_id, application_id)
) WITHOUT ROWID;
CREATE INDEX session_clients_by_user ON session_clients (user_id);

-- What is still to be sent to somebody else, written in the transaction of what it tells of.
CREATE TABLE outbox (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  application_id BLOB NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX outbox_by_next_attempt ON outbox (next_attempt_at);

-- The RSA keys of an instance. A process of an earlier version signs ES256 with whatever stands in signing_keys, so they do not stand there.
CREATE TABLE rsa_signing_keys (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  algorithm TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  sealed_private_key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  active_from INTEGER,
  published_until INTEGER
) WITHOUT ROWID;
CREATE INDEX rsa_signing_keys_by_instance ON rsa_signing_keys (instance_id);
