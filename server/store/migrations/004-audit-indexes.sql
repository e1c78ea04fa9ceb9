-- Who looks for what somebody did, or for events of one kind, finds few of many.
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_by_type ON audit_events (instance_id, type, id);
