-- For ending an authorization, which takes the codes of its user and application along that were not redeemed yet.
CREATE INDEX authorization_codes_by_user ON authorization_codes (user_id, application_id);
