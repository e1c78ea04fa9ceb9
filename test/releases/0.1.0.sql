CREATE TABLE application_logos (
  application_id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  version TEXT NOT NULL,
  media_type TEXT NOT NULL,
  image BLOB NOT NULL
);
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
CREATE TABLE client_secrets (
  id BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  secret_hash BLOB NOT NULL,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE TABLE consents (
  user_id BLOB NOT NULL,
  application_id BLOB NOT NULL,
  instance_id BLOB NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, application_id)
) WITHOUT ROWID;
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
CREATE TABLE migrations (number INTEGER PRIMARY KEY);
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
CREATE TABLE rate_limits (
  key BLOB PRIMARY KEY,
  points INTEGER NOT NULL,
  expires_at INTEGER
) WITHOUT ROWID;
CREATE TABLE revoked_access_tokens (
  jti BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
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
CREATE TABLE setup_links (
  instance_id BLOB PRIMARY KEY,
  token_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
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
CREATE TABLE spent_assertions (
  hash BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL
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
CREATE INDEX applications_by_instance ON applications (instance_id, id);
CREATE INDEX audit_events_by_application ON audit_events (application_id, id) WHERE application_id IS NOT NULL;
CREATE INDEX audit_events_by_instance ON audit_events (instance_id, id);
CREATE INDEX audit_events_by_user ON audit_events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);
CREATE INDEX authorizations_by_application ON authorizations (application_id, id);
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX authorizations_by_user ON authorizations (user_id, id);
CREATE INDEX authorizations_revoked ON authorizations (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX client_secrets_by_application ON client_secrets (application_id);
CREATE INDEX consents_by_application ON consents (application_id);
CREATE UNIQUE INDEX instances_default ON instances (is_default) WHERE is_default = 1;
CREATE INDEX revoked_access_tokens_by_expiry ON revoked_access_tokens (expires_at);
CREATE INDEX sessions_by_last_seen ON sessions (last_seen_at);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX signing_keys_by_instance ON signing_keys (instance_id);
CREATE INDEX spent_assertions_by_expiry ON spent_assertions (expires_at);
CREATE INDEX users_by_instance ON users (instance_id, id);
CREATE VIEW authorization_views AS
SELECT a.id, a.instance_id, a.application_id, p.name AS application_name, a.user_id, u.name AS user_name,
  u.email AS user_email, a.scopes, a.created_at, a.last_used_at, a.expires_at, a.revoked_at,
  CASE WHEN a.expires_at IS NULL THEN a.created_at + p.refresh_token_absolute_lifetime * 1000 END AS absolute_end,
  CASE WHEN a.expires_at IS NULL
    THEN COALESCE(u.last_active_at, a.created_at) + p.refresh_token_inactivity_lifetime * 1000 END AS inactivity_end
FROM authorizations a
JOIN applications p ON p.id = a.application_id
JOIN users u ON u.id = a.user_id;
INSERT INTO applications (id, instance_id, type, client_id, name, description, enabled, redirect_uris, require_pkce, scopes, access_token_lifetime, refresh_token_rotation, refresh_token_absolute_lifetime, refresh_token_inactivity_lifetime, client_uri, policy_uri, developer_name, developer_email, logo_version, can_introspect, created_by, created_at, updated_at, last_used_at) VALUES (X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023911fb73b396d8d1604dd25ed4', 'web', X'0e070babf3bd591655daeeae5df9de3b', 'Naïve "ClientApp"; 客户', NULL, 1, '["https://client.example.com/callback"]', 0, '["api","offline_access"]', 3600, 1, NULL, 15552000, NULL, NULL, NULL, NULL, NULL, 0, X'01a2023912d977e59d2b0a2c87e19e89', 1795333629596, 1795333629596, 1795333630129);
INSERT INTO applications (id, instance_id, type, client_id, name, description, enabled, redirect_uris, require_pkce, scopes, access_token_lifetime, refresh_token_rotation, refresh_token_absolute_lifetime, refresh_token_inactivity_lifetime, client_uri, policy_uri, developer_name, developer_email, logo_version, can_introspect, created_by, created_at, updated_at, last_used_at) VALUES (X'01a2023926b3752d80cb056e30c5187d', X'01a2023911fb73b396d8d1604dd25ed4', 'spa', X'f847d9d53030ab03bc6f894c03349c13', 'Test spa', NULL, 1, '["https://spa.example.com/"]', 1, '["api","offline_access"]', 3600, 1, NULL, 15552000, NULL, NULL, NULL, NULL, NULL, 0, X'01a2023912d977e59d2b0a2c87e19e89', 1795333629619, 1795333629619, 1795333630246);
INSERT INTO applications (id, instance_id, type, client_id, name, description, enabled, redirect_uris, require_pkce, scopes, access_token_lifetime, refresh_token_rotation, refresh_token_absolute_lifetime, refresh_token_inactivity_lifetime, client_uri, policy_uri, developer_name, developer_email, logo_version, can_introspect, created_by, created_at, updated_at, last_used_at) VALUES (X'01a2023926df76cfb466ab4f095961c3', X'01a2023911fb73b396d8d1604dd25ed4', 'machine', X'f57bfa6859eb7939a85ddcffa2ea4cb0', 'Test machine', NULL, 1, '[]', 0, '["api"]', 3600, 1, NULL, 15552000, NULL, NULL, NULL, NULL, NULL, 1, X'01a2023912d977e59d2b0a2c87e19e89', 1795333629663, 1795333629663, NULL);
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023912d977e6941e951371ac96ba', X'01a2023911fb73b396d8d1604dd25ed4', 1795333624537, 'user.created', 'system', NULL, NULL, X'01a2023912d977e59d2b0a2c87e19e89', NULL, '{"email":"admin@example.com","role":"administrator"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239156271668e3a07611238f61b', X'01a2023911fb73b396d8d1604dd25ed4', 1795333625186, 'user.created', 'system', NULL, NULL, X'01a2023915627165ae50eaa0054e7323', NULL, '{"email":"user@example.com","role":"user"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239264671f9858df3ba4cdbb087', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629510, 'login.succeeded', 'user', X'01a2023912d977e59d2b0a2c87e19e89', NULL, X'01a2023912d977e59d2b0a2c87e19e89', '127.0.0.1', '{}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239269c71308f6e28bd2e5f1639', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629596, 'application.created', 'user', X'01a2023912d977e59d2b0a2c87e19e89', X'01a20239269c712fae5c469dfa3c5ceb', NULL, '127.0.0.1', '{"type":"web","name":"Naïve \"ClientApp\"; 客户","secret_id":"01a20239269c712eb62734c60fc5d196"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023926b3752eb51b140f8c28a209', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629619, 'application.created', 'user', X'01a2023912d977e59d2b0a2c87e19e89', X'01a2023926b3752d80cb056e30c5187d', NULL, '127.0.0.1', '{"type":"spa","name":"Test spa"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023926df76d09dbdcc47a8289cf9', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629663, 'application.created', 'user', X'01a2023912d977e59d2b0a2c87e19e89', X'01a2023926df76cfb466ab4f095961c3', NULL, '127.0.0.1', '{"type":"machine","name":"Test machine","secret_id":"01a2023926df76cea572dc631a00ce45"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239272f76279d027d654993a165', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629743, 'login.succeeded', 'user', X'01a2023915627165ae50eaa0054e7323', NULL, X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a202392765711190a7095ab0e9e156', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629797, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a2023927657110a8c2163662c5e95c","scopes":["api","offline_access"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023927b17175b78c2f48eeef7887', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629873, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a2023927b171748ab8ca78bfb875eb","scopes":["api","offline_access"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023927f77795aba80fd6c19f8be6', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629943, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a2023927f777948d61c574d32a1987","scopes":["api","offline_access"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239280c72a9883621147c1a914f', X'01a2023911fb73b396d8d1604dd25ed4', 1795333629964, 'authorization.revoked', 'application', X'01a20239269c712fae5c469dfa3c5ceb', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a2023927f777948d61c574d32a1987","because":"revoked_by_client"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239283f759ea014a2bf5d4fda84', X'01a2023911fb73b396d8d1604dd25ed4', 1795333630015, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a20239283f759db1964478f20080b3","scopes":["api","offline_access"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a2023928b17387bf0bf5107fb0a746', X'01a2023911fb73b396d8d1604dd25ed4', 1795333630129, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a2023928b17386a56e338b4e6ac408","scopes":["api"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a20239292774adb27e48d3de3e2950', X'01a2023911fb73b396d8d1604dd25ed4', 1795333630247, 'authorization.granted', 'user', X'01a2023915627165ae50eaa0054e7323', X'01a2023926b3752d80cb056e30c5187d', X'01a2023915627165ae50eaa0054e7323', '127.0.0.1', '{"authorization_id":"01a20239292774acac671c788f1ec120","scopes":["api","offline_access"]}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a202392a2e7260b92fb855dd05bae1', X'01a2023911fb73b396d8d1604dd25ed4', 1795333630510, 'login.failed', 'system', NULL, NULL, NULL, '127.0.0.1', '{"email":"nobody@example.com"}');
INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail) VALUES (X'01a202392a3a704eafbf8e9b186ca4cb', X'01a2023911fb73b396d8d1604dd25ed4', 1795333630522, 'signing_key.rotated', 'system', NULL, NULL, NULL, NULL, '{"next_kid":"01a202392a3a704d96171d96ffbcb845"}');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'15a6a4e41d65e95ad6b78a97b35667deaa195c27d72fb1d79cc31f9b8f84c515', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', 'ppBqsYamlTrDDofNozS_aDmc-dtMQVQ-qSWPI0nr0Mk', 'api offline_access', 1795333750070, NULL, NULL);
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'868286c1891660a11773259f189d74d8c66664f21f9071f2e159c596e5e63858', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', 'wFKIlEy9TTF9Ze4e65ImUyqKCRe1E2odWGfTMkAIIdg', 'api offline_access', 1795333749998, 1795333630015, X'01a20239283f759db1964478f20080b3');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'9960514cfa96eaa6199fe32fdd8cdf509014bb5214064f085fcb277d924f5401', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', 'EzLwJmLnTWuUDBh15bjGefzp6vfqlipmw7S_KFa5nRE', 'api offline_access', 1795333749853, 1795333629873, X'01a2023927b171748ab8ca78bfb875eb');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'9aac4e8d31defccda28c83aab9240cae0ea005babfe5a0124ddb2c2f5974866c', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', '_8pb7sSTtfS9eD9t7iqosAR8n5DioWjhrvZ8Hu6l8RQ', 'api', 1795333750106, 1795333630129, X'01a2023928b17386a56e338b4e6ac408');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'ad129e0ae84a70cbbcd9126b8a39c8ff37614f37a8148a2ee2977a75e24f2d88', X'01a2023911fb73b396d8d1604dd25ed4', X'01a2023926b3752d80cb056e30c5187d', X'01a2023915627165ae50eaa0054e7323', 'https://spa.example.com/', 'syB_Xj8bNHLLDhTPiI1s_bAZBV9CMsZqfmqEZJm_0k0', 'api offline_access', 1795333750177, 1795333630247, X'01a20239292774acac671c788f1ec120');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'fc5840f3cfcc9145ad262d14c15dcf7c459b1534284b5df62f47b6fc774da0fe', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', '79AJz_gMk2xoOuP6WB3NdTGOUO4Z0eKYS4UImR_hs08', 'api offline_access', 1795333749789, 1795333629797, X'01a2023927657110a8c2163662c5e95c');
INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, expires_at, spent_at, authorization_id) VALUES (X'fd1a4575255f97c0d03c6d07bb58cc9ce938a1890e6f24f44e733b9ed48fb5af', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'https://client.example.com/callback', 'gfnLex5xBFntEZlU0TuWNAhBdtv2MKkrAG-WPxA3tHQ', 'api offline_access', 1795333749926, 1795333629943, X'01a2023927f777948d61c574d32a1987');
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a2023927657110a8c2163662c5e95c', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'api offline_access', 1, 1795333629797, NULL, NULL, NULL, NULL);
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a2023927b171748ab8ca78bfb875eb', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'api offline_access', 2, 1795333629873, 1795333629891, 1795333629891, NULL, NULL);
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a2023927f777948d61c574d32a1987', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'api offline_access', 1, 1795333629943, NULL, NULL, NULL, 1795333629964);
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a20239283f759db1964478f20080b3', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'api offline_access', 1, 1795333630015, NULL, NULL, NULL, NULL);
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a2023928b17386a56e338b4e6ac408', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023915627165ae50eaa0054e7323', 'api', 1, 1795333630129, NULL, NULL, 1795337230129, NULL);
INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at, rotated_at, last_used_at, expires_at, revoked_at) VALUES (X'01a20239292774acac671c788f1ec120', X'01a2023911fb73b396d8d1604dd25ed4', X'01a2023926b3752d80cb056e30c5187d', X'01a2023915627165ae50eaa0054e7323', 'api offline_access', 1, 1795333630247, NULL, NULL, NULL, NULL);
INSERT INTO client_secrets (id, instance_id, application_id, secret_hash, hint, created_at, last_used_at) VALUES (X'01a20239269c712eb62734c60fc5d196', X'01a2023911fb73b396d8d1604dd25ed4', X'01a20239269c712fae5c469dfa3c5ceb', X'dc50dd5bef426be547219aa00872b7c781462260021d1d9f2c3c06b980bbcd39', 'UEQP', 1795333629596, 1795333630129);
INSERT INTO client_secrets (id, instance_id, application_id, secret_hash, hint, created_at, last_used_at) VALUES (X'01a2023926df76cea572dc631a00ce45', X'01a2023911fb73b396d8d1604dd25ed4', X'01a2023926df76cfb466ab4f095961c3', X'079f53923e7839a846c565dba5802dd99e18db003f8b59af543133e6f0b72889', '2tND', 1795333629663, NULL);
INSERT INTO consents (user_id, application_id, instance_id, scopes, created_at) VALUES (X'01a2023915627165ae50eaa0054e7323', X'01a20239269c712fae5c469dfa3c5ceb', X'01a2023911fb73b396d8d1604dd25ed4', 'api offline_access', 1795333629789);
INSERT INTO consents (user_id, application_id, instance_id, scopes, created_at) VALUES (X'01a2023915627165ae50eaa0054e7323', X'01a2023926b3752d80cb056e30c5187d', X'01a2023911fb73b396d8d1604dd25ed4', 'api offline_access', 1795333630177);
INSERT INTO instances (id, is_default, name, url, host, domain, lane, customer_id, max_applications, application_count, refresh_token_grace, authorization_code_lifetime, scopes, created_at) VALUES (X'01a2023911fb73b396d8d1604dd25ed4', 1, 'default', 'http://login.localhost', 'login.localhost', 'login', 'localhost', 'a233f1eec1a64d2ecd543a79a9375d8d', 10, 3, 0, 120, '[{"name":"api","description":"Use the API as you","default":true},{"name":"admin","description":"Manage applications and users","default":false}]', 1795333624315);
INSERT INTO migrations (number) VALUES (1);
INSERT INTO rate_limits (key, points, expires_at) VALUES (X'542881043a1a15a93813634731b7dea2aa230e5ef5680b98176a454e216b3ce4', 0, 1795334528900);
INSERT INTO rate_limits (key, points, expires_at) VALUES (X'8e1875ee60383797955862a8c38efd03c1f76ca802ae429e490458a82e79ea07', 1, 1795334530279);
INSERT INTO rate_limits (key, points, expires_at) VALUES (X'a78b0565b879213d38135f9a88be88f09c33bab0762804146a56e4dbbb4bc540', 1, 1795334530279);
INSERT INTO rate_limits (key, points, expires_at) VALUES (X'de502875f0018f11eb1383b6517482af8ff598b23a5b4bc349d8b405fbc1fdbd', 0, 1795334529713);
INSERT INTO rate_limits (key, points, expires_at) VALUES (X'fab3a0d297313b71c358b688c7c2f2b42386c670e0893eb22bcae2050f17d4da', 1, 1795334528900);
INSERT INTO revoked_access_tokens (jti, instance_id, expires_at) VALUES (X'01a20239285e757c9672537a68ff96c3', X'01a2023911fb73b396d8d1604dd25ed4', 1795337230000);
INSERT INTO sessions (token_hash, id, instance_id, user_id, created_at, last_seen_at, ip, user_agent) VALUES (X'8053dbe8f952c04eb1574dc49353ec5147bf1b8171b33a6b9ee7e0e44d745c22', X'01a20239272f76268da6854a40b4cd58', X'01a2023911fb73b396d8d1604dd25ed4', X'01a2023915627165ae50eaa0054e7323', 1795333629743, 1795333630095, '127.0.0.1', '');
INSERT INTO sessions (token_hash, id, instance_id, user_id, created_at, last_seen_at, ip, user_agent) VALUES (X'f0090e36c2983b5513d37d2e0209c4c1ff2f6129a3e0fcd16665d500374e81e5', X'01a20239264671f898d30e92404b8f98', X'01a2023911fb73b396d8d1604dd25ed4', X'01a2023912d977e59d2b0a2c87e19e89', 1795333629510, 1795333629643, '127.0.0.1', '');
INSERT INTO signing_keys (id, instance_id, algorithm, public_jwk, sealed_private_key, created_at, active_from, published_until) VALUES (X'01a20239120b755fb6ad6cd42b6cee47', X'01a2023911fb73b396d8d1604dd25ed4', 'ES256', '{"kty":"EC","crv":"P-256","x":"TrrYlWd_KodD2S1LVKgobGyy6zkYEkBUdaiK-iObJlc","y":"Niv37McdZGld0SpKKpYoCUKQ_WxYusW2tOm9WAP8nks","kid":"01a20239120b755fb6ad6cd42b6cee47","alg":"ES256","use":"sig"}', X'caf3834f7b913476f6a14d52e0993d8ac19711e630192cae35aa51aae36ded2c1841e9340b8baf10b3c0c36751c89f039bb1ce14c0afe3ec41e0078e9df466a6683bfce92d5e2132bf2e3fdb919e656323c304233a9bbaeebb73952f33759edd30c25c74dffe71f4649ead7614a64a6b44aff84e58b7d0721a332ba20e30584a56862da1092bf8ff6e934ab43653a4a0cd61f773932212ec032d92f927298a360f30330922e9', 1795333624331, 1795333624331, 1795423630522);
INSERT INTO signing_keys (id, instance_id, algorithm, public_jwk, sealed_private_key, created_at, active_from, published_until) VALUES (X'01a20239120b7560995fae4e81e4c62c', X'01a2023911fb73b396d8d1604dd25ed4', 'ES256', '{"kty":"EC","crv":"P-256","x":"uessYZN5qruumSKGyv0UPoY2cIHarjCuvZpbAjyJpRo","y":"mg8dm9aGpdOufL8bK9aiYVC-3-z81PW5h_9pIcK17zE","kid":"01a20239120b7560995fae4e81e4c62c","alg":"ES256","use":"sig"}', X'74a6d6161b9748e0a02d0d257ffb907fc3abf505527b49c561e059b02a8737503838b1c9d720db77a71de8f8ff88927b37a5abf8d2e8b70dc601d5b8be5b889b1698cabf8ec683c80dba1b4c6a077e805621fc6621c949d2351346b7a13e607b63774a1f5a122541311ab7370489b5c1bfd3dce6a915c4783df97a90961334154dfe5b5b607fd6b65f50d3b1551f97e8b11e749d89e05439474846ba72a812196090488922db', 1795333624331, 1795333630522, NULL);
INSERT INTO signing_keys (id, instance_id, algorithm, public_jwk, sealed_private_key, created_at, active_from, published_until) VALUES (X'01a202392a3a704d96171d96ffbcb845', X'01a2023911fb73b396d8d1604dd25ed4', 'ES256', '{"kty":"EC","crv":"P-256","x":"V9q96xMtIhUtC6qL6TnficXXJduoKhCXVezv7O8mb5k","y":"uKVP2F0Y2kDnd5xfkO5R3nqu5hSc4FjoBWrRS9CRMSA","kid":"01a202392a3a704d96171d96ffbcb845","alg":"ES256","use":"sig"}', X'a43ae5d2468c549e0c4c20284bc601e721fb85a058dc1dc8505d6eaaed4f5605ca74158c104cd96ecfccfb27442801fa9b7aa2e7c63b421fb506f7245c7bcd44747d3c6daf278a3c9725b493e66582b9f8c46b8ad5b35545f8c7f7249ed77823e72afacf4a337e583f6a2e10ec7b9efb4a2e6dc5f8aa90d80edef2c261ee04efa4ce1b614357f19175e3595dcd16ab2d9db60c2f9aec73741970a5b4914d7415f96ee0d82bf8', 1795333630522, NULL, NULL);
INSERT INTO users (id, instance_id, email, email_key, name, role, active, locale, password_hash, last_active_at, created_at) VALUES (X'01a2023912d977e59d2b0a2c87e19e89', X'01a2023911fb73b396d8d1604dd25ed4', 'admin@example.com', 'admin@example.com', 'Ada Administrator', 'administrator', 1, NULL, '$argon2id$v=19$m=19456,t=2,p=1$KxTYtYqBR/+FRl7WcHYO/w$iFtU3gQNOOYPucoGhb8fYSJdW527l2Suk/tAb6BR7fk', 1795333629643, 1795333624537);
INSERT INTO users (id, instance_id, email, email_key, name, role, active, locale, password_hash, last_active_at, created_at) VALUES (X'01a2023915627165ae50eaa0054e7323', X'01a2023911fb73b396d8d1604dd25ed4', 'user@example.com', 'user@example.com', 'Uma User', 'user', 1, NULL, '$argon2id$v=19$m=19456,t=2,p=1$sISaGGP8ZhYkUP7usRlulA$18IJApHUqMUy9O02paproeRDLPdMHmxsgt1qalcT4rs', 1795333630095, 1795333625186);
