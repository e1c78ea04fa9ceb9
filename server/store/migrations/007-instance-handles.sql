-- The operator's handle and the name that people read are two things. `name` stays where older processes look for it, unique,
-- and is the handle from now on; what people read may be the same in several instances. It is null where an older process
-- makes an instance, which then reads as its handle.
ALTER TABLE instances ADD COLUMN display_name TEXT;
UPDATE instances SET display_name = name;
UPDATE instances SET display_name = 'Postern' WHERE is_default = 1 AND name = 'default';
