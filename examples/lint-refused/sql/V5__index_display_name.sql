-- Nobody can write the table while the index is built.
CREATE INDEX users_display_name ON users (display_name);
