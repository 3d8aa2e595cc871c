-- The whole table in one statement.
UPDATE users SET display_name = first_name || ' ' || last_name WHERE display_name IS NULL;
