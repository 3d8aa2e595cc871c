-- migrate: allow set-not-null  the trigger of v42 fills it, whichever release writes
-- PostgreSQL 12 and newer take the constraint as the proof, and do not scan the table.
ALTER TABLE customers ALTER COLUMN full_name SET NOT NULL;
ALTER TABLE customers DROP CONSTRAINT customers_full_name_given;
