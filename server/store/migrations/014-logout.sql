-- When the session of this row may be over at the earliest, as it was when somebody looked at it last; 0: nobody has, or it must be looked at anew.
ALTER TABLE session_clients ADD COLUMN look_again_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX session_clients_by_look ON session_clients (look_again_at);
-- Each application is sent one thing after another, so that one that does not answer holds nothing up that is for others.
CREATE INDEX outbox_by_application ON outbox (application_id, next_attempt_at);
