-- Instants are milliseconds since 1970, lifetimes seconds, booleans 0 or 1, IDs 16 bytes, lists JSON.
-- Every table but the counters (whose keys are MACs over it) has instance_id, and every query asks for it.
-- docs/storage.md says what each column is for.

CREATE TABLE instances (
  id BLOB PRIMARY KEY,
  is_default INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  lane TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  max_applications INTEGER NOT NULL,
  application_count INTEGER NOT NULL DEFAULT 0,
  refresh_token_grace INTEGER NOT NULL,
  authorization_code_lifetime INTEGER NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX instances_default ON instances (is_default) WHERE is_default = 1;

CREATE TABLE setup_links (
  instance_id BLOB PRIMARY KEY,
  token_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL,
  locale TEXT,
  password_hash TEXT NOT NULL,
  last_active_at INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (instance_id, email_key)
) WITHOUT ROWID;
CREATE INDEX users_by_instance ON users (instance_id, id);

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  instance_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_last_seen ON sessions (last_seen_at);

CREATE TABLE rate_limits (
  key BLOB PRIMARY KEY,
  points INTEGER NOT NULL,
  expires_at INTEGER
) WITHOUT ROWID;

CREATE TABLE applications (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  type TEXT NOT NULL,
  client_id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT,
  enabled INTEGER NOT NULL,
  redirect_uris TEXT NOT NULL,
  require_pkce INTEGER NOT NULL,
  scopes TEXT NOT NULL,
  access_token_lifetime INTEGER NOT NULL,
  refresh_token_rotation INTEGER NOT NULL,
  refresh_token_absolute_lifetime INTEGER,
  refresh_token_inactivity_lifetime INTEGER,
  client_uri TEXT,
  policy_uri TEXT,
  developer_name TEXT,
  developer_email TEXT,
  logo_version TEXT,
  can_introspect INTEGER NOT NULL,
  created_by BLOB,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX applications_by_instance ON applications (instance_id, id);

CREATE TABLE application_logos (
  application_id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  version TEXT NOT NULL,
  media_type TEXT NOT NULL,
  image BLOB NOT NULL
);

CREATE TABLE client_secrets (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  secret_hash BLOB NOT NULL,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX client_secrets_by_application ON client_secrets (application_id);

CREATE TABLE public_keys (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  kid TEXT NOT NULL,
  name TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  thumbprint TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  not_after INTEGER,
  acts_as_user_id BLOB,
  created_by BLOB,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  UNIQUE (application_id, thumbprint)
) WITHOUT ROWID;

-- A public key's assertions that carry a jti are single use until they expire.
CREATE TABLE spent_assertions (
  hash BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX spent_assertions_by_expiry ON spent_assertions (expires_at);

CREATE TABLE consents (
  user_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  instance_id BLOB NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, application_id)
) WITHOUT ROWID;
CREATE INDEX consents_by_application ON consents (application_id);

CREATE TABLE authorization_codes (
  code_hash BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  redirect_uri TEXT,
  code_challenge TEXT,
  scopes TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  spent_at INTEGER,
  authorization_id BLOB
) WITHOUT ROWID;
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);

-- One row per authorization. Its refresh tokens are derived from id and generation, never stored.
CREATE TABLE authorizations (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  scopes TEXT NOT NULL,
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  last_used_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX authorizations_by_application ON authorizations (application_id, id);
CREATE INDEX authorizations_by_user ON authorizations (user_id, id);
CREATE INDEX authorizations_revoked ON authorizations (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at) WHERE expires_at IS NOT NULL;

-- What people see of an authorization, and when it ends by the application's policy of this moment.
CREATE VIEW authorization_views AS
SELECT a.id, a.instance_id, a.application_id, p.name AS application_name, a.user_id, u.name AS user_name,
  u.email AS user_email, a.scopes, a.created_at, a.last_used_at, a.expires_at, a.revoked_at,
  CASE WHEN a.expires_at IS NULL THEN a.created_at + p.refresh_token_absolute_lifetime * 1000 END AS absolute_end,
  CASE WHEN a.expires_at IS NULL
    THEN COALESCE(u.last_active_at, a.created_at) + p.refresh_token_inactivity_lifetime * 1000 END AS inactivity_end
FROM authorizations a
JOIN applications p ON p.id = a.application_id
JOIN users u ON u.id = a.user_id;

CREATE TABLE revoked_access_tokens (
  jti BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX revoked_access_tokens_by_expiry ON revoked_access_tokens (expires_at);

-- active_from in the future: published ahead. published_until set: signs no more.
CREATE TABLE signing_keys (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  algorithm TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  sealed_private_key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  active_from INTEGER,
  published_until INTEGER
) WITHOUT ROWID;
CREATE INDEX signing_keys_by_instance ON signing_keys (instance_id);

CREATE TABLE audit_events (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  actor_type TEXT NOT NULL,
  actor_id BLOB,
  application_id BLOB,
  user_id BLOB,
  ip TEXT,
  detail TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_events_by_instance ON audit_events (instance_id, id);
CREATE INDEX audit_events_by_application ON audit_events (application_id, id) WHERE application_id IS NOT NULL;
CREATE INDEX audit_events_by_user ON audit_events (user_id, id) WHERE user_id IS NOT NULL;
