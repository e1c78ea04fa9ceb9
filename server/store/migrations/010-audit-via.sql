-- The access token by which an application did something for a person; all three are null where the person did it.
ALTER TABLE audit_events ADD COLUMN via_application_id BLOB;
ALTER TABLE audit_events ADD COLUMN via_authorization_id BLOB;
ALTER TABLE audit_events ADD COLUMN via_public_key_id BLOB;
