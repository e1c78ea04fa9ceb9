-- When the user of a session last gave their password: at the sign-in, or again for something dangerous.
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET authenticated_at = created_at;

-- Delays grow with the failures; refused counts what was turned away since the last one that was looked at.
ALTER TABLE rate_limits ADD COLUMN blocked_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rate_limits ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
