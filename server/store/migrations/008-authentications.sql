-- How the user of a session showed who they are, as a list (JSON). Null in what an older process writes: then it was a password,
-- at authenticated_at, which stays the last moment of the list.
ALTER TABLE sessions ADD COLUMN authentications TEXT;
