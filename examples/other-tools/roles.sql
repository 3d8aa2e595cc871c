-- Once per database, as its administrator: psql -d shop -f roles.sql (as in plain, and a schema for the deployment log)
-- The migrator owns the schema; the service changes rows, and can change no table.
CREATE ROLE shop_migrator LOGIN PASSWORD 'change-me';
CREATE ROLE shop_app LOGIN PASSWORD 'change-me-too';

CREATE SCHEMA shop AUTHORIZATION shop_migrator;
CREATE SCHEMA migrations AUTHORIZATION shop_migrator;
GRANT USAGE ON SCHEMA shop TO shop_app;
ALTER ROLE shop_migrator SET search_path = shop;
ALTER ROLE shop_app SET search_path = shop;
