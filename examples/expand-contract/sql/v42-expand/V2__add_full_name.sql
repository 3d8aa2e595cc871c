-- Without a default and without NOT NULL: a change of the catalogue alone, no row is touched.
ALTER TABLE customers ADD COLUMN full_name text;
