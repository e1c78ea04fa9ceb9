-- What people did themselves is found by its user; the index by actor has the rest, and most events need one index less.
DROP INDEX audit_events_by_actor;
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id)
  WHERE actor_id IS NOT NULL AND actor_id IS DISTINCT FROM user_id;
