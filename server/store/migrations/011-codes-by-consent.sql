-- Whether a remembered yes spared the question. Such a code is good as long as that yes is remembered.
ALTER TABLE authorization_codes ADD COLUMN by_consent INTEGER NOT NULL DEFAULT 0;
