-- Users are searched by name in lower case and NFC. Names from before this column are folded as far as SQL can, which is
-- the letters A to Z on SQLite; the next change of a user does the rest.
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE users SET name_key = lower(name);
