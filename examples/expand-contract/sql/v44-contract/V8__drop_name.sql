-- migrate: allow drop-function  nothing but the trigger calls it
-- migrate: allow drop-column  v42 was the last release that used it, and is gone
-- In one transaction: without the trigger a row of the new release would miss the old column's NOT NULL.
DROP TRIGGER customers_keep_names_in_step ON customers;
DROP FUNCTION customers_keep_names_in_step();
ALTER TABLE customers DROP COLUMN name;
