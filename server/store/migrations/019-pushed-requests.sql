-- Authorization requests that clients pushed (RFC 9126); each is taken once.
CREATE TABLE pushed_requests (
  uri_hash BLOB PRIMARY KEY,
  instance_id BLOB NOT NULL,
  client_id BLOB NOT NULL,
  parameters TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);
ALTER TABLE applications ADD COLUMN require_pushed_authorization_requests INTEGER NOT NULL DEFAULT 0;
