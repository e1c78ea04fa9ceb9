-- Who else may say who somebody is. `settings` is what the type has of its own (JSON); what is secret of it is sealed.
CREATE TABLE identity_providers (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  email_domains TEXT NOT NULL,
  provisioning TEXT NOT NULL,
  trusts_email INTEGER NOT NULL,
  is_default INTEGER NOT NULL,
  claims TEXT NOT NULL,
  settings TEXT NOT NULL,
  sealed_secret BLOB,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_used_at INTEGER,
  last_error TEXT,
  last_error_at INTEGER
) WITHOUT ROWID;
CREATE INDEX identity_providers_by_instance ON identity_providers (instance_id, id);

-- Whom a provider means by a subject of its own.
CREATE TABLE identities (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  provider_id BLOB NOT NULL,
  subject TEXT NOT NULL,
  user_id BLOB NOT NULL,
  gave_role INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  UNIQUE (provider_id, subject)
) WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);

CREATE TABLE scim_tokens (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  provider_id BLOB NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_by BLOB,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX scim_tokens_by_provider ON scim_tokens (provider_id);

-- The users that a provider's SCIM client made or took over: it sees these and no others. Whom it deleted is deactivated here, and hidden
-- from it until it makes them again.
CREATE TABLE scim_users (
  provider_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  instance_id BLOB NOT NULL,
  user_name TEXT NOT NULL,
  user_name_key TEXT NOT NULL,
  external_id TEXT,
  attributes TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (provider_id, user_id),
  UNIQUE (provider_id, user_name_key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX scim_users_by_external_id ON scim_users (provider_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX scim_users_by_user ON scim_users (user_id);

-- By what people may sign in here (JSON).
ALTER TABLE instances ADD COLUMN sign_in TEXT NOT NULL DEFAULT '{"password":"everybody"}';
