-- Counters that have expired are looked for every minute, and an attack leaves many that have not.
CREATE INDEX rate_limits_by_expiry ON rate_limits (expires_at);
