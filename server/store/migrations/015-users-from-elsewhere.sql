-- What tokens call a user, where the product that has them gave a name of its own; null: their ID.
ALTER TABLE users ADD COLUMN subject TEXT;
CREATE UNIQUE INDEX users_by_subject ON users (instance_id, subject) WHERE subject IS NOT NULL;
-- What else the product says of the user (JSON object).
ALTER TABLE users ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';
