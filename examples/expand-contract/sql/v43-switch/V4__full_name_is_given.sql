-- migrate: allow new-constraint  the trigger of v42 fills it, whichever release writes
-- NOT NULL in steps, each with a short lock. NOT VALID: for new rows at once, for old ones not looked at yet.
ALTER TABLE customers ADD CONSTRAINT customers_full_name_given CHECK (full_name IS NOT NULL) NOT VALID;
