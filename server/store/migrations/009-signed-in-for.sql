-- Digest of the authorization request that waited behind the sign-in page, until that request is answered.
ALTER TABLE sessions ADD COLUMN signed_in_for BLOB;
