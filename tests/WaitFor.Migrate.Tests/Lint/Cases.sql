-- Scripts whose effect is known, for LintCases: the database of Shop.sql before each. A case begins with its title, then what lint finds
-- in it, a line each: rule, level, line, object. Where nothing follows, nothing is found. "-- script" begins the next script.

-- case drop a column
-- finds drop-column error V1:1 column public.users.nickname
ALTER TABLE users DROP COLUMN nickname;

-- case drop a column in a block
-- finds drop-column error V1:1 column public.users.nickname
DO $$ BEGIN
    EXECUTE 'ALTER TABLE users DROP COLUMN ' || quote_ident('nickname');
END $$;

-- case drop a column in a function
-- finds drop-column error V1:2 column public.users.age
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE users DROP COLUMN age; END $$;
SELECT tidy();
DROP FUNCTION tidy();

-- case drop two columns
-- finds drop-column error V1:1 column public.settings.value
-- finds drop-column error V2:1 column public.countries.rank
ALTER TABLE settings ADD COLUMN note text, DROP COLUMN value;
-- script
ALTER TABLE countries DROP rank;

-- case drop a column of all partitions
-- finds drop-column error V1:1 column public.events.body
ALTER TABLE events DROP COLUMN body;

-- case drop an inherited column
-- finds drop-column error V1:1 column public.log_base.extra
ALTER TABLE log_base DROP COLUMN extra;

-- case drop a column and add another of its name
-- finds drop-column error V1:1 column public.countries.rank
ALTER TABLE countries DROP COLUMN rank;
ALTER TABLE countries ADD COLUMN rank text;

-- case drop a column by dropping its type
-- finds drop-column error V1:1 column public.users.mood
-- finds drop-type error V1:1 type public.mood
DROP TYPE mood CASCADE;

-- case drop a column that does not exist
ALTER TABLE users DROP COLUMN IF EXISTS middle_name;

-- case drop a column that the script has added
ALTER TABLE users ADD COLUMN scratch int;
ALTER TABLE users DROP COLUMN scratch;

-- case drop a column of a table of the same run
CREATE TABLE fresh (id bigint PRIMARY KEY, a int, b int);
-- script
ALTER TABLE fresh DROP COLUMN b;
ALTER TABLE fresh RENAME COLUMN a TO c;
ALTER TABLE fresh ALTER COLUMN c TYPE bigint;
CREATE INDEX ON fresh (c);
DROP TABLE fresh;

-- case drop a table
-- finds drop-table error V1:1 table public.settings
DROP TABLE settings;

-- case drop a table in a block
-- finds drop-table error V1:1 table public.settings
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relname = 'settings' LOOP
        EXECUTE format('DROP TABLE %I', name);
    END LOOP;
END $$;

-- case drop a table with the views on it
-- finds drop-table error V1:1 table public.users
-- finds drop-view error V1:1 view public.active_users
-- finds drop-view error V1:1 view public.shout
DROP TABLE users CASCADE;

-- case drop a table, and make another of its name
-- finds drop-table error V1:1 table public.settings
DROP TABLE settings;
CREATE TABLE settings (name text PRIMARY KEY, value text);

-- case drop a partition
-- finds drop-table error V1:1 table public.events_2024
DROP TABLE events_2024;

-- case drop a partitioned table
-- finds drop-table error V1:1 table public.events
DROP TABLE events;

-- case drop a schema with its tables
-- finds drop-table error V1:1 table app.jobs
DROP SCHEMA app CASCADE;

-- case drop a table with a serial column
-- finds drop-table error V1:1 table public.empty_log
DROP TABLE empty_log;

-- case drop a table that does not exist
DROP TABLE IF EXISTS nothing_of_the_kind;
DROP VIEW IF EXISTS nothing_of_the_kind;
DROP FUNCTION IF EXISTS nothing_of_the_kind();
DROP TYPE IF EXISTS nothing_of_the_kind;
DROP INDEX IF EXISTS nothing_of_the_kind;

-- case make a table for a while
CREATE TABLE scratch AS SELECT * FROM settings;
DROP TABLE scratch;
CREATE TEMP TABLE scratch AS SELECT * FROM settings;
DROP TABLE scratch;

-- case drop a view
-- finds drop-view error V1:1 view public.shout
DROP VIEW shout;

-- case drop a view in a block
-- finds drop-view error V1:1 view public.shout
DO $$ BEGIN DROP VIEW shout; END $$;

-- case drop a materialized view
-- finds drop-view error V1:1 materialized view public.regions
DROP MATERIALIZED VIEW regions;

-- case drop a view with those on it
-- finds drop-view error V1:1 view public.active_users
-- finds drop-view error V1:1 view public.shout
DROP VIEW active_users CASCADE;

-- case make a view again without a column
-- finds drop-view error V1:1 view public.shout
DROP VIEW shout;
CREATE VIEW shout AS SELECT id FROM active_users;

-- case make a view again with another type
-- finds drop-view error V1:1 view public.shout
DROP VIEW shout;
CREATE VIEW shout AS SELECT id::text AS id, upper(email) AS email FROM active_users;

-- case make a view again
DROP VIEW shout;
CREATE VIEW shout AS SELECT id, lower(email) AS email FROM active_users;

-- case make a view again with one more column
DROP VIEW shout;
CREATE VIEW shout AS SELECT id, upper(email) AS email, now() AS at FROM active_users;

-- case replace a view
CREATE OR REPLACE VIEW shout AS SELECT id, lower(email) AS email, 1 AS one FROM active_users;

-- case make a view again around a wider column
-- finds change-type notice V1:3 column public.users.name
DROP VIEW shout;
DROP VIEW active_users;
ALTER TABLE users ALTER COLUMN name TYPE varchar(80);
CREATE VIEW active_users AS SELECT id, email, name::varchar(50) AS name FROM users WHERE status = 'active';
GRANT SELECT ON active_users TO lint_web, lint_report;
CREATE VIEW shout AS SELECT id, upper(email) AS email FROM active_users;

-- case drop a function
-- finds drop-function error V1:1 function public.price(n integer)
DROP FUNCTION price(int);

-- case drop a function in a block
-- finds drop-function error V1:1 function public.price(n integer)
DO $$ BEGIN EXECUTE 'DROP FUNCTION price(int)'; END $$;

-- case make a function again with another result
-- finds drop-function error V1:1 function public.price(n integer)
DROP FUNCTION price(int);
CREATE FUNCTION price(n int) RETURNS text LANGUAGE sql AS $$ SELECT n::text $$;

-- case make a function again with one more argument
-- finds drop-function error V1:1 function public.price(n integer)
DROP FUNCTION price(int);
CREATE FUNCTION price(n int, country text) RETURNS numeric LANGUAGE sql AS 'SELECT n * 1.19';

-- case make a function again without its default
-- finds drop-function error V1:1 function public.discount(n integer, percent integer)
DROP FUNCTION discount(int, int);
CREATE FUNCTION discount(n int, percent int) RETURNS int LANGUAGE sql AS 'SELECT n';

-- case drop a procedure
-- finds drop-function error V1:1 procedure public.archive(IN before date)
DROP PROCEDURE archive(date);

-- case make a function again with one more argument that has a default
DROP FUNCTION discount(int, int);
CREATE FUNCTION discount(n int, percent int DEFAULT 10, cap int DEFAULT 5) RETURNS int LANGUAGE sql AS 'SELECT n';

-- case make a function again
DROP FUNCTION discount(int, int);
CREATE FUNCTION discount(n int, percent int DEFAULT 20) RETURNS int LANGUAGE sql AS 'SELECT n';

-- case replace a function
CREATE OR REPLACE FUNCTION price(n int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT n * 1.2';

-- case add another function of the name
CREATE FUNCTION price(n int, country text) RETURNS numeric LANGUAGE sql AS 'SELECT n * 1.19';

-- case drop a type
-- finds drop-type error V1:1 type public.unused
DROP TYPE unused;

-- case drop a type in a block
-- finds drop-type error V1:1 type public.unused
DO $$ BEGIN DROP TYPE unused; END $$;

-- case drop a domain
-- finds drop-column error V1:1 column public.users.contact
-- finds drop-type error V1:1 type public.email
DROP DOMAIN email CASCADE;

-- case make an enum again without a value
-- finds change-type error V1:4 column public.users.mood
-- finds rewrite error V1:4 table public.users
-- finds drop-type error V1:6 type public.mood
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('good');
ALTER TABLE users ALTER COLUMN mood DROP DEFAULT;
ALTER TABLE users ALTER COLUMN mood TYPE mood USING mood::text::mood;
ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'good';
DROP TYPE mood_old;

-- case make a type again
DROP TYPE unused;
CREATE TYPE unused AS ENUM ('a', 'b', 'c');

-- case add a value to an enum
ALTER TYPE mood ADD VALUE 'fine';

-- case drop a sequence
-- finds drop-sequence error V1:1 sequence public.tickets
-- finds drop-default warning V1:1 column public.ticket.id
DROP SEQUENCE tickets CASCADE;

-- case drop a sequence in a block
-- finds drop-sequence error V1:1 sequence public.tickets
-- finds set-default notice V1:1 column public.ticket.id
DO $$ BEGIN ALTER TABLE ticket ALTER COLUMN id SET DEFAULT 1; DROP SEQUENCE tickets; END $$;

-- case drop a sequence in a function
-- finds drop-sequence error V1:2 sequence public.tickets
-- finds set-default notice V1:2 column public.ticket.id
CREATE FUNCTION tidy() RETURNS void LANGUAGE sql AS 'ALTER TABLE ticket ALTER COLUMN id SET DEFAULT 1; DROP SEQUENCE tickets';
SELECT tidy();
DROP FUNCTION tidy();

-- case make a sequence for a while
CREATE SEQUENCE scratch;
SELECT nextval('scratch');
DROP SEQUENCE scratch;

-- case rename a column
-- finds rename-column error V1:1 column public.users.nickname
ALTER TABLE users RENAME COLUMN nickname TO alias;

-- case rename a column in a block
-- finds rename-column error V1:1 column public.users.nickname
DO $$ BEGIN ALTER TABLE users RENAME nickname TO alias; END $$;

-- case rename a column of all partitions
-- finds rename-column error V1:1 column public.events.body
ALTER TABLE events RENAME COLUMN body TO content;

-- case rename a column of a view
-- finds rename-column error V1:1 column public.shout.email
ALTER VIEW shout RENAME COLUMN email TO mail;

-- case swap two columns
-- finds rename-column error V1:2 column public.countries.region
-- finds rename-column error V1:3 column public.countries.name
ALTER TABLE countries RENAME COLUMN name TO scratch;
ALTER TABLE countries RENAME COLUMN region TO name;
ALTER TABLE countries RENAME COLUMN scratch TO region;

-- case rename a column with a default
-- finds rename-column error V1:1 column public.users.age
ALTER TABLE users RENAME COLUMN age TO years;

-- case rename a column that another is computed from
-- finds rename-column error V1:1 column public.orders.total
ALTER TABLE orders RENAME COLUMN total TO net;

-- case rename a column there and back
ALTER TABLE users RENAME COLUMN nickname TO alias;
ALTER TABLE users RENAME COLUMN alias TO nickname;

-- case rename a constraint and an index
ALTER TABLE users RENAME CONSTRAINT users_age TO users_age_positive;
ALTER INDEX users_email RENAME TO users_by_email;

-- case rename a table
-- finds rename-table error V1:1 table public.settings
ALTER TABLE settings RENAME TO options;

-- case rename a table in a block
-- finds rename-table error V1:1 table public.settings
DO $$ BEGIN EXECUTE 'ALTER TABLE settings RENAME TO options'; END $$;

-- case rename a table, and leave a view without a column
-- finds rename-table error V1:1 table public.settings
ALTER TABLE settings RENAME TO options;
CREATE VIEW settings AS SELECT name FROM options;

-- case swap two tables
-- finds rename-table warning V1:3 table public.settings
CREATE TABLE settings_new (LIKE settings INCLUDING ALL);
INSERT INTO settings_new SELECT * FROM settings;
ALTER TABLE settings RENAME TO settings_old;
ALTER TABLE settings_new RENAME TO settings;

-- case rename a table, and leave a view
ALTER TABLE settings RENAME TO options;
CREATE VIEW settings AS SELECT * FROM options;

-- case rename a table there and back
ALTER TABLE settings RENAME TO options;
ALTER TABLE options RENAME TO settings;

-- case rename a view
-- finds rename-view error V1:1 view public.shout
ALTER VIEW shout RENAME TO loud;

-- case rename a materialized view in a block
-- finds rename-view error V1:1 materialized view public.regions
DO $$ BEGIN ALTER MATERIALIZED VIEW regions RENAME TO areas; END $$;

-- case rename a view by ALTER TABLE
-- finds rename-view error V1:1 view public.shout
ALTER TABLE shout RENAME TO loud;

-- case rename a view, and leave one
ALTER VIEW shout RENAME TO loud;
CREATE VIEW shout AS SELECT * FROM loud;

-- case rename a sequence
-- finds rename-sequence error V1:1 sequence public.tickets
ALTER SEQUENCE tickets RENAME TO ticket_numbers;

-- case rename a sequence in a block
-- finds rename-sequence error V1:1 sequence public.tickets
DO $$ BEGIN ALTER SEQUENCE tickets RENAME TO ticket_numbers; END $$;

-- case rename a sequence by ALTER TABLE
-- finds rename-sequence error V1:1 sequence public.tickets
ALTER TABLE tickets RENAME TO ticket_numbers;

-- case rename a function
-- finds rename-function error V1:1 function public.price(n integer)
ALTER FUNCTION price(int) RENAME TO gross_price;

-- case rename a procedure
-- finds rename-function error V1:1 procedure public.archive(IN before date)
ALTER PROCEDURE archive(date) RENAME TO archive_before;

-- case rename a function in a block
-- finds rename-function error V1:1 function public.price(n integer)
DO $$ BEGIN ALTER FUNCTION price(int) RENAME TO gross_price; END $$;

-- case rename a function, and leave one
ALTER FUNCTION price(int) RENAME TO gross_price;
CREATE FUNCTION price(n int) RETURNS numeric LANGUAGE sql AS 'SELECT gross_price(n)';
GRANT EXECUTE ON FUNCTION price(int) TO lint_web;

-- case rename a type
-- finds rename-type error V1:1 type public.mood
ALTER TYPE mood RENAME TO feeling;

-- case rename a domain
-- finds rename-type error V1:1 type public.email
ALTER DOMAIN email RENAME TO mail;

-- case rename a type in a block
-- finds rename-type error V1:1 type public.unused
DO $$ BEGIN ALTER TYPE unused RENAME TO not_used; END $$;

-- case rename a type there and back
ALTER TYPE unused RENAME TO not_used;
ALTER TYPE not_used RENAME TO unused;

-- case rename a value of an enum
-- finds rename-enum-value error V1:1 type public.mood
ALTER TYPE mood RENAME VALUE 'bad' TO 'sad';

-- case rename a value in a block
-- finds rename-enum-value error V1:1 type public.mood
DO $$ BEGIN ALTER TYPE mood RENAME VALUE 'bad' TO 'sad'; END $$;

-- case rename a value in a function
-- finds rename-enum-value error V1:2 type public.mood
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TYPE mood RENAME VALUE 'good' TO 'great'; END $$;
SELECT tidy();
DROP FUNCTION tidy();

-- case rename a value there and back
ALTER TYPE mood RENAME VALUE 'bad' TO 'sad';
ALTER TYPE mood RENAME VALUE 'sad' TO 'bad';

-- case move a table
-- finds move-schema error V1:1 table public.settings
ALTER TABLE settings SET SCHEMA app;

-- case move a table in a block
-- finds move-schema error V1:1 table public.settings
DO $$ BEGIN ALTER TABLE settings SET SCHEMA app; END $$;

-- case move a table with its sequence
-- finds move-schema error V1:1 table public.empty_log
ALTER TABLE empty_log SET SCHEMA archive;

-- case move a function and a type
-- finds move-schema error V1:1 function public.price(n integer)
-- finds move-schema error V1:2 type public.unused
ALTER FUNCTION price(int) SET SCHEMA app;
ALTER TYPE unused SET SCHEMA app;

-- case rename a schema
-- finds move-schema error V1:1 schema app
ALTER SCHEMA app RENAME TO application;

-- case move a table, and leave a view
ALTER TABLE settings SET SCHEMA app;
CREATE VIEW public.settings AS SELECT * FROM app.settings;

-- case move a table there and back
ALTER TABLE settings SET SCHEMA app;
ALTER TABLE app.settings SET SCHEMA public;

-- case change a type
-- finds change-type error V1:1 column public.orders.number
-- finds rewrite error V1:1 table public.orders
ALTER TABLE orders ALTER COLUMN number TYPE text;

-- case change a type in a block
-- finds change-type error V1:1 column public.countries.rank
DO $$ BEGIN ALTER TABLE countries ALTER rank TYPE bigint; END $$;

-- case change a type to a smaller one
-- finds change-type error V2:1 column public.countries.rank
ALTER TABLE settings ADD COLUMN weight int;
-- script
ALTER TABLE countries ALTER COLUMN rank TYPE smallint;

-- case shorten a varchar
-- finds change-type error V1:1 column public.orders.note
-- finds rewrite error V1:1 table public.orders
ALTER TABLE orders ALTER COLUMN note TYPE varchar(5);

-- case change a timestamp to timestamptz
-- finds change-type error V1:1 column public.users.created
ALTER TABLE users ALTER COLUMN created TYPE timestamptz;

-- case change more digits behind the point
-- finds change-type error V1:1 column public.orders.tax
-- finds rewrite error V1:1 table public.orders
ALTER TABLE orders ALTER COLUMN tax TYPE numeric(12, 4);

-- case change a type to a domain
-- finds change-type error V1:1 column public.settings.value
ALTER TABLE settings ALTER COLUMN value TYPE email USING value || '@x';

-- case change a composite type
-- finds change-type error V1:1 type public.address
ALTER TYPE address DROP ATTRIBUTE city CASCADE;

-- case change a type of all partitions
-- finds change-type error V1:1 column public.events.id
-- finds rewrite error V1:1 table public.events
ALTER TABLE events ALTER COLUMN id TYPE text;

-- case lengthen a varchar
-- finds change-type notice V1:1 column public.orders.note
ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);

-- case varchar to text
-- finds change-type notice V1:1 column public.orders.note
ALTER TABLE orders ALTER COLUMN note TYPE text;

-- case more digits
-- finds change-type notice V1:1 column public.orders.tax
ALTER TABLE orders ALTER COLUMN tax TYPE numeric(14, 2);

-- case any number of digits
-- finds change-type notice V1:1 column public.orders.tax
ALTER TABLE orders ALTER COLUMN tax TYPE numeric;

-- case a domain to its type
-- finds change-type notice V1:1 column public.users.contact
ALTER TABLE users ALTER COLUMN contact TYPE text;

-- case cidr to inet
-- finds change-type notice V1:1 column public.orders.ip
ALTER TABLE orders ALTER COLUMN ip TYPE inet;

-- case the same type again
ALTER TABLE settings ALTER COLUMN value TYPE text;

-- case add an attribute to a composite type
ALTER TYPE address ADD ATTRIBUTE zip text;

-- case add NOT NULL without a default
-- finds not-null-without-default error V1:1 column public.empty_log.level
ALTER TABLE empty_log ADD COLUMN level int NOT NULL;

-- case add NOT NULL in a block
-- finds not-null-without-default error V1:1 column public.empty_log.level
DO $$ BEGIN ALTER TABLE empty_log ADD COLUMN level int NOT NULL; END $$;

-- case NOT NULL in one go
-- finds not-null-without-default error V1:3 column public.settings.kind
ALTER TABLE settings ADD COLUMN kind text;
UPDATE settings SET kind = 'x';
ALTER TABLE settings ALTER COLUMN kind SET NOT NULL;

-- case NOT NULL in two scripts
-- finds not-null-without-default error V2:2 column public.settings.kind
ALTER TABLE settings ADD COLUMN kind text;
-- script
UPDATE settings SET kind = 'x';
ALTER TABLE settings ALTER COLUMN kind SET NOT NULL;

-- case a default for a while
-- finds not-null-without-default error V1:2 column public.settings.kind
ALTER TABLE settings ADD COLUMN kind text NOT NULL DEFAULT 'x';
ALTER TABLE settings ALTER COLUMN kind DROP DEFAULT;

-- case a CHECK instead of NOT NULL
-- finds new-constraint warning V1:1 constraint empty_log_level_check on table public.empty_log
ALTER TABLE empty_log ADD COLUMN level int CHECK (level IS NOT NULL);

-- case add NOT NULL with a default
ALTER TABLE users ADD COLUMN kind text NOT NULL DEFAULT 'x';

-- case add an identity
ALTER TABLE settings ADD COLUMN no bigint GENERATED BY DEFAULT AS IDENTITY;

-- case add a nullable column
ALTER TABLE users ADD COLUMN IF NOT EXISTS kind text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS kind text;

-- case add a column with rules for it
ALTER TABLE settings ADD COLUMN parent text REFERENCES settings, ADD COLUMN size int CHECK (size > 0);

-- case set NOT NULL
-- finds set-not-null error V1:1 column public.settings.value
ALTER TABLE settings ALTER COLUMN value SET NOT NULL;

-- case set NOT NULL on a big table
-- finds set-not-null error V1:1 column public.orders.tax
-- finds blocking-lock warning V1:1 table public.orders
ALTER TABLE orders ALTER COLUMN tax SET NOT NULL;

-- case set NOT NULL in a block
-- finds set-not-null error V1:1 column public.settings.value
DO $$ BEGIN ALTER TABLE settings ALTER COLUMN value SET NOT NULL; END $$;

-- case a primary key over what may be null
-- finds set-not-null error V1:1 column public.old_codes.code
-- finds new-constraint warning V1:1 constraint old_codes_pkey on table public.old_codes
ALTER TABLE old_codes ADD PRIMARY KEY (code);

-- case set NOT NULL on a domain
-- finds set-not-null error V1:1 type public.email
-- finds blocking-lock warning V1:1 table public.users
ALTER DOMAIN email SET NOT NULL;

-- case set NOT NULL where a CHECK says so
-- finds set-not-null warning V1:1 column public.users.nickname
ALTER TABLE users ALTER COLUMN nickname SET NOT NULL;

-- case set NOT NULL in steps
-- finds new-constraint notice V1:1 constraint tax_set on table public.orders
-- finds set-not-null warning V3:1 column public.orders.tax
ALTER TABLE orders ADD CONSTRAINT tax_set CHECK (tax IS NOT NULL) NOT VALID;
-- script
ALTER TABLE orders VALIDATE CONSTRAINT tax_set;
-- script
ALTER TABLE orders ALTER COLUMN tax SET NOT NULL;
-- script
ALTER TABLE orders DROP CONSTRAINT tax_set;

-- case set NOT NULL where it is so
ALTER TABLE users ALTER COLUMN email SET NOT NULL;

-- case drop NOT NULL
-- finds drop-not-null notice V1:1 column public.countries.name
ALTER TABLE countries ALTER COLUMN name DROP NOT NULL;

-- case drop NOT NULL in a block
-- finds drop-not-null notice V1:1 column public.users.email
DO $$ BEGIN ALTER TABLE users ALTER email DROP NOT NULL; END $$;

-- case drop NOT NULL of all partitions
-- finds drop-not-null notice V1:1 column public.events.id
ALTER TABLE events ALTER COLUMN id DROP NOT NULL;

-- case drop NOT NULL and set it again
ALTER TABLE countries ALTER COLUMN name DROP NOT NULL;
ALTER TABLE countries ALTER COLUMN name SET NOT NULL;

-- case add a CHECK
-- finds new-constraint warning V1:1 constraint ranked on table public.countries
ALTER TABLE countries ADD CONSTRAINT ranked CHECK (rank > 0);

-- case add a CHECK on a big table
-- finds blocking-lock warning V1:1 table public.users
-- finds new-constraint warning V1:1 constraint users_score_check on table public.users
ALTER TABLE users ADD CHECK (score >= 0);

-- case add a CHECK in a block
-- finds new-constraint warning V1:1 constraint countries_rank_check on table public.countries
DO $$ BEGIN ALTER TABLE countries ADD CHECK (rank > 0); END $$;

-- case add a foreign key
-- finds new-constraint notice V1:1 constraint old_codes_code_fkey on table public.old_codes
-- finds new-constraint warning V1:2 constraint self on table public.settings
ALTER TABLE old_codes ADD FOREIGN KEY (code) REFERENCES settings NOT VALID;
ALTER TABLE settings ADD CONSTRAINT self FOREIGN KEY (name) REFERENCES settings;

-- case add a foreign key on a big table
-- finds blocking-lock warning V1:1 table public.orders
-- finds blocking-lock warning V1:1 table public.users
-- finds new-constraint warning V1:1 constraint orders_again on table public.orders
ALTER TABLE orders ADD CONSTRAINT orders_again FOREIGN KEY (number) REFERENCES users;

-- case add a UNIQUE
-- finds new-constraint warning V1:1 constraint countries_name_key on table public.countries
ALTER TABLE countries ADD UNIQUE (name);

-- case add a UNIQUE on a big table
-- finds blocking-lock warning V1:1 table public.users
-- finds new-constraint warning V1:1 constraint users_nickname_key on table public.users
ALTER TABLE users ADD UNIQUE (nickname);

-- case add an EXCLUDE
-- finds new-constraint warning V1:1 constraint apart on table public.countries
ALTER TABLE countries ADD CONSTRAINT apart EXCLUDE USING btree (rank WITH =);

-- case a unique index
-- finds new-constraint warning V1:1 index public.countries_name_idx on table public.countries
-- finds index-not-concurrent notice V1:1 index public.countries_name_idx on table public.countries
CREATE UNIQUE INDEX ON countries (name);

-- case a unique index on a big table
-- finds index-not-concurrent error V1:1 index public.users_nickname on table public.users
-- finds new-constraint warning V1:1 index public.users_nickname on table public.users
CREATE UNIQUE INDEX users_nickname ON users (nickname);

-- case a constraint on a domain
-- finds blocking-lock warning V1:1 table public.orders
-- finds new-constraint warning V1:1 constraint positive on type public.amount
ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE >= 0);

-- case add a CHECK that is not checked yet
-- finds new-constraint notice V1:1 constraint scored on table public.users
ALTER TABLE users ADD CONSTRAINT scored CHECK (score >= 0) NOT VALID;

-- case add a foreign key that is not checked yet
-- finds new-constraint notice V1:1 constraint orders_again on table public.orders
ALTER TABLE orders ADD CONSTRAINT orders_again FOREIGN KEY (number) REFERENCES users NOT VALID;

-- case a unique index concurrently
-- finds new-constraint notice V1:1 index public.users_nickname on table public.users
CREATE UNIQUE INDEX CONCURRENTLY users_nickname ON users (nickname);

-- case a UNIQUE that another implies
-- finds blocking-lock warning V1:1 table public.orders
ALTER TABLE orders ADD UNIQUE (number, note);

-- case a UNIQUE that another implies on a small table
ALTER TABLE settings ADD UNIQUE (name, value);

-- case a constraint made again
ALTER TABLE countries ADD CONSTRAINT ranked CHECK (rank > 0) NOT VALID;
ALTER TABLE countries DROP CONSTRAINT ranked;
-- script
ALTER TABLE old_codes DROP CONSTRAINT old_codes_country_fkey;
ALTER TABLE old_codes ADD CONSTRAINT old_codes_country_fkey FOREIGN KEY (country) REFERENCES countries;

-- case drop a constraint
ALTER TABLE users DROP CONSTRAINT users_age;
ALTER TABLE users DROP CONSTRAINT users_status_check;

-- case a constraint on a table of the same run
CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint);
ALTER TABLE carts ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE carts ADD CHECK (id > 0);
CREATE UNIQUE INDEX ON carts (user_id);

-- case a stricter CHECK
-- finds stricter-constraint warning V1:2 constraint users_age on table public.users
ALTER TABLE users DROP CONSTRAINT users_age;
ALTER TABLE users ADD CONSTRAINT users_age CHECK (age >= 18) NOT VALID;

-- case a list with one value less
-- finds blocking-lock warning V1:1 table public.users
-- finds stricter-constraint warning V1:2 constraint users_status_check on table public.users
ALTER TABLE users DROP CONSTRAINT users_status_check;
ALTER TABLE users ADD CONSTRAINT users_status_check CHECK (status IN ('active'));

-- case a stricter CHECK in a block
-- finds stricter-constraint warning V1:1 constraint users_age on table public.users
DO $$ BEGIN
    ALTER TABLE users DROP CONSTRAINT users_age;
    ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NOT VALID;
END $$;

-- case a list with one value more
ALTER TABLE users DROP CONSTRAINT users_status_check;
ALTER TABLE users ADD CONSTRAINT users_status_check CHECK (status IN ('active', 'locked', 'gone')) NOT VALID;

-- case a wider bound
ALTER TABLE users DROP CONSTRAINT users_age;
ALTER TABLE users ADD CONSTRAINT users_age CHECK (age >= -1) NOT VALID;

-- case a foreign key that deletes along
ALTER TABLE old_codes DROP CONSTRAINT old_codes_country_fkey;
ALTER TABLE old_codes ADD CONSTRAINT old_codes_country_fkey FOREIGN KEY (country) REFERENCES countries ON DELETE CASCADE;

-- case drop a default
-- finds drop-default warning V1:1 column public.users.age
ALTER TABLE users ALTER COLUMN age DROP DEFAULT;

-- case drop a default of NOT NULL
-- finds drop-default warning V1:1 column public.users.score
ALTER TABLE users ALTER COLUMN score DROP DEFAULT;

-- case drop a default in a block
-- finds drop-default warning V1:1 column public.users.status
DO $$ BEGIN ALTER TABLE users ALTER status DROP DEFAULT; END $$;

-- case drop a default and set it again
ALTER TABLE users ALTER COLUMN age DROP DEFAULT;
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;

-- case drop a default that does not exist
ALTER TABLE users ALTER COLUMN email DROP DEFAULT;

-- case change a default
-- finds set-default notice V1:1 column public.users.age
ALTER TABLE users ALTER COLUMN age SET DEFAULT 21;

-- case set a default
-- finds set-default notice V1:1 column public.users.nickname
ALTER TABLE users ALTER COLUMN nickname SET DEFAULT 'none';

-- case set a default in a block
-- finds set-default notice V1:1 column public.countries.rank
DO $$ BEGIN ALTER TABLE countries ALTER COLUMN rank SET DEFAULT 0; END $$;

-- case the same default
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;

-- case generated no longer
-- finds generated-changed warning V1:1 column public.orders.gross
ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION;

-- case generated no longer in a block
-- finds generated-changed warning V1:1 column public.orders.gross
DO $$ BEGIN ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION; END $$;

-- case generated no longer in a function
-- finds generated-changed warning V1:2 column public.orders.gross
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION; END $$;
SELECT tidy();
DROP FUNCTION tidy();

-- case add a generated column to a small table
ALTER TABLE countries ADD COLUMN twice int GENERATED ALWAYS AS (rank * 2) STORED;

-- case identity always
-- finds identity-changed warning V1:1 column public.orders.id
ALTER TABLE orders ALTER COLUMN id SET GENERATED ALWAYS;

-- case identity no longer
-- finds identity-changed warning V1:1 column public.orders.id
ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;

-- case identity in a block
-- finds identity-changed warning V1:1 column public.users.id
DO $$ BEGIN ALTER TABLE users ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY; END $$;

-- case identity by default
-- finds identity-changed notice V1:1 column public.users.id
ALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;

-- case a sequence becomes an identity
-- finds identity-changed notice V1:2 column public.ticket.id
ALTER TABLE ticket ALTER COLUMN id DROP DEFAULT;
ALTER TABLE ticket ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;

-- case revoke
-- finds revoke warning V1:1 table public.users
REVOKE UPDATE, DELETE ON users FROM lint_web;

-- case revoke in a block
-- finds revoke warning V1:1 table public.orders
DO $$ BEGIN EXECUTE 'REVOKE ALL ON orders FROM lint_web'; END $$;

-- case revoke a schema
-- finds revoke warning V1:1 schema app
REVOKE USAGE ON SCHEMA app FROM lint_web;

-- case revoke a function from all
-- finds revoke warning V1:1 function public.discount(n integer, percent integer)
REVOKE EXECUTE ON FUNCTION discount(int, int) FROM PUBLIC;

-- case revoke a column
-- finds revoke warning V1:1 column public.users.email
REVOKE SELECT (email) ON users FROM lint_report;

-- case make a view again without its grants
-- finds revoke warning V1:4 view public.active_users
-- finds revoke warning V1:4 view public.active_users
DROP VIEW shout;
DROP VIEW active_users;
CREATE VIEW active_users AS SELECT id, email, name FROM users WHERE status = 'active';
CREATE VIEW shout AS SELECT id, upper(email) AS email FROM active_users;

-- case grant
GRANT SELECT ON settings TO lint_web;
GRANT ALL ON users TO lint_report;

-- case revoke and grant again
REVOKE UPDATE ON users FROM lint_web;
GRANT UPDATE ON users TO lint_web;

-- case revoke what is not granted
REVOKE SELECT ON settings FROM lint_web;

-- case another owner
-- finds owner-changed warning V1:1 table public.settings
ALTER TABLE settings OWNER TO lint_web;

-- case another owner in a block
-- finds owner-changed warning V1:1 function public.price(n integer)
DO $$ BEGIN ALTER FUNCTION price(int) OWNER TO lint_web; END $$;

-- case another owner of a schema
-- finds owner-changed warning V1:1 schema app
ALTER SCHEMA app OWNER TO lint_web;

-- case another owner there and back
ALTER TABLE settings OWNER TO lint_web;
ALTER TABLE settings OWNER TO postgres;

-- case an owner for a new table
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh OWNER TO lint_web;
ALTER TABLE fresh ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON fresh FROM lint_web;

-- case row security
-- finds row-security-enabled warning V1:1 table public.users
ALTER TABLE users ENABLE ROW LEVEL SECURITY;

-- case row security in a block
-- finds row-security-enabled warning V1:1 table public.users
DO $$ BEGIN ALTER TABLE users ENABLE ROW LEVEL SECURITY; END $$;

-- case row security for the owner
-- finds row-security-enabled warning V1:1 table public.settings
ALTER TABLE settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON settings USING (true);

-- case row security on and off
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users DISABLE ROW LEVEL SECURITY;

-- case a policy without row security
CREATE POLICY everyone ON users USING (true);

-- case rewrite by a volatile default
-- finds rewrite error V1:1 table public.users
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();

-- case rewrite in a block
-- finds rewrite error V1:1 table public.users
DO $$ BEGIN ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid(); END $$;

-- case rewrite by CLUSTER
-- finds rewrite error V1:1 table public.users
CLUSTER users USING users_pkey;

-- case rewrite by a generated column
-- finds rewrite error V1:1 table public.users
ALTER TABLE users ADD COLUMN shout text GENERATED ALWAYS AS (upper(email)) STORED;

-- case rewrite by VACUUM FULL
-- finds rewrite error V1:1 table public.users
VACUUM FULL users;

-- case rewrite by SET UNLOGGED
-- finds rewrite error V1:1 table public.orders
ALTER TABLE orders SET UNLOGGED;

-- case rewrite of a small table
ALTER TABLE settings ADD COLUMN token uuid DEFAULT gen_random_uuid();

-- case VACUUM
VACUUM users;

-- case VACUUM FULL of a small table
VACUUM FULL settings;

-- case truncate
-- finds truncate error V1:1 table public.settings
TRUNCATE settings;

-- case truncate in a block
-- finds truncate error V1:1 table public.settings
DO $$ BEGIN EXECUTE 'TRUNCATE settings'; END $$;

-- case truncate all partitions
-- finds truncate error V1:1 table public.events
TRUNCATE events;

-- case truncate and what references it
-- finds truncate error V1:1 table public.countries
-- finds truncate error V1:1 table public.old_codes
-- finds many-locks warning V1:1 table public.old_codes
TRUNCATE countries CASCADE;

-- case truncate an empty table
TRUNCATE empty_log;

-- case truncate a new table
CREATE TABLE scratch AS SELECT * FROM settings;
TRUNCATE scratch;

-- case a lock and then a scan
-- finds blocking-lock warning V1:1 table public.settings
ALTER TABLE settings ADD COLUMN note text;
SELECT count(*) FROM users WHERE score > 1;

-- case a lock and a scan in a block
-- finds blocking-lock warning V1:1 table public.settings
DO $$ BEGIN
    LOCK TABLE settings IN EXCLUSIVE MODE;
    PERFORM count(*) FROM users WHERE score > 1;
END $$;

-- case a lock and then an index
-- finds blocking-lock warning V1:1 table public.settings
-- finds index-not-concurrent error V1:2 index public.users_nickname on table public.users
ALTER TABLE settings ADD COLUMN note text;
CREATE INDEX users_nickname ON users (nickname);

-- case a lock and a copy of a big table
-- finds blocking-lock warning V1:2 table public.users
CREATE TABLE users_copy (LIKE users);
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO users_copy SELECT * FROM users;

-- case a lock and then a look-up
ALTER TABLE settings ADD COLUMN note text;
SELECT email FROM users WHERE id = 7;
SELECT count(*) FROM countries;

-- case a lock on a new table and a scan
CREATE TABLE scratch (id bigint PRIMARY KEY);
INSERT INTO scratch SELECT id FROM users;
ALTER TABLE scratch ADD COLUMN x int;

-- case a lock in one script and a scan in the next
ALTER TABLE settings ADD COLUMN note text;
-- script
SELECT count(*) FROM users WHERE score > 1;

-- case attach a partition
CREATE TABLE events_2026 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- case a new partition
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- case an index on a big table
-- finds index-not-concurrent error V1:1 index public.users_nickname on table public.users
CREATE INDEX users_nickname ON users (nickname);

-- case an index in a block
-- finds index-not-concurrent error V1:1 index public.users_nickname on table public.users
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'users_nickname') THEN
    CREATE INDEX users_nickname ON users (nickname);
END IF; END $$;

-- case an index on all partitions
-- finds index-not-concurrent error V1:1 index public.events_id on table public.events
CREATE INDEX events_id ON events (id);

-- case an index on a materialized view
-- finds index-not-concurrent error V1:1 index public.totals_total_idx on materialized view public.totals
CREATE INDEX ON totals (total);

-- case an index on a small table
-- finds index-not-concurrent notice V1:1 index public.settings_value_idx on table public.settings
CREATE INDEX ON settings (value);

-- case an index concurrently
CREATE INDEX CONCURRENTLY users_nickname ON users (nickname);

-- case an index on a new table
CREATE TABLE fresh AS SELECT * FROM users;
CREATE INDEX ON fresh (email);

-- case an index that exists
CREATE INDEX IF NOT EXISTS users_email ON users (email);

-- case an index on the parent alone
CREATE INDEX events_id ON ONLY events (id);

-- case drop an index
-- finds drop-index-not-concurrent error V1:1 index public.users_email on table public.users
DROP INDEX users_email;

-- case drop an index in a block
-- finds drop-index-not-concurrent error V1:1 index public.users_email on table public.users
DO $$ BEGIN DROP INDEX users_email; END $$;

-- case drop two indexes
-- finds drop-index-not-concurrent error V1:1 index public.users_email on table public.users
-- finds drop-index-not-concurrent error V1:1 index public.users_lower on table public.users
DROP INDEX users_email, users_lower;

-- case drop an index of a small table
-- finds drop-index-not-concurrent notice V1:1 index public.countries_region on table public.countries
DROP INDEX countries_region;

-- case drop an index concurrently
DROP INDEX CONCURRENTLY users_email;

-- case make an index for a while on a new table
CREATE TABLE fresh (id bigint PRIMARY KEY, a int);
CREATE INDEX fresh_a ON fresh (a);
DROP INDEX fresh_a;

-- case reindex a table
-- finds reindex-not-concurrent error V1:1 table public.users
REINDEX TABLE users;

-- case reindex an index
-- finds reindex-not-concurrent error V1:1 index public.users_email on table public.users
REINDEX INDEX users_email;

-- case reindex in a block
-- finds reindex-not-concurrent error V1:1 index public.users_lower on table public.users
DO $$ BEGIN EXECUTE 'REINDEX INDEX users_lower'; END $$;

-- case reindex a small table
-- finds reindex-not-concurrent notice V1:1 table public.countries
REINDEX TABLE countries;

-- case reindex a schema
-- finds reindex-not-concurrent error V1:1
REINDEX SCHEMA public;

-- case reindex concurrently
REINDEX TABLE CONCURRENTLY users;

-- case reindex a new table
CREATE TABLE fresh (id bigint PRIMARY KEY);
REINDEX TABLE fresh;

-- case detach a partition
-- finds detach-not-concurrent error V1:1 table public.events_2024
ALTER TABLE events DETACH PARTITION events_2024;

-- case detach a partition in a block
-- finds detach-not-concurrent error V1:1 table public.events_2024
DO $$ BEGIN ALTER TABLE events DETACH PARTITION events_2024; END $$;

-- case detach a partition in a function
-- finds detach-not-concurrent error V1:2 table public.events_2025
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE events DETACH PARTITION events_2025; END $$;
SELECT tidy();
DROP FUNCTION tidy();

-- case detach concurrently
ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;

-- case detach a new partition
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events DETACH PARTITION events_2026;

-- case refresh
-- finds refresh-not-concurrent error V1:1 materialized view public.totals
REFRESH MATERIALIZED VIEW totals;

-- case refresh in a block
-- finds refresh-not-concurrent error V1:1 materialized view public.totals
DO $$ BEGIN REFRESH MATERIALIZED VIEW totals; END $$;

-- case refresh without data
-- finds refresh-not-concurrent error V1:1 materialized view public.totals
REFRESH MATERIALIZED VIEW totals WITH NO DATA;

-- case refresh a small one
-- finds refresh-not-concurrent notice V1:1 materialized view public.regions
REFRESH MATERIALIZED VIEW regions;

-- case refresh concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;

-- case refresh a new one
CREATE MATERIALIZED VIEW fresh AS SELECT 1 AS one WITH NO DATA;
REFRESH MATERIALIZED VIEW fresh;

-- case validate in the same script
-- finds new-constraint notice V1:1 constraint ranked on table public.countries
-- finds validate-in-same-script warning V1:2 constraint ranked on table public.countries
ALTER TABLE countries ADD CONSTRAINT ranked CHECK (rank > 0) NOT VALID;
ALTER TABLE countries VALIDATE CONSTRAINT ranked;

-- case validate a big table in the same script
-- finds blocking-lock warning V1:1 table public.users
-- finds new-constraint notice V1:1 constraint scored on table public.users
-- finds validate-in-same-script warning V1:2 constraint scored on table public.users
ALTER TABLE users ADD CONSTRAINT scored CHECK (score >= 0) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT scored;

-- case validate in the same block
-- finds new-constraint warning V1:1 constraint ranked on table public.countries
-- finds validate-in-same-script warning V1:1 constraint ranked on table public.countries
DO $$ BEGIN
    ALTER TABLE countries ADD CONSTRAINT ranked CHECK (rank > 0) NOT VALID;
    ALTER TABLE countries VALIDATE CONSTRAINT ranked;
END $$;

-- case validate in the next script
-- finds new-constraint notice V1:1 constraint scored on table public.users
ALTER TABLE users ADD CONSTRAINT scored CHECK (score >= 0) NOT VALID;
-- script
ALTER TABLE users VALIDATE CONSTRAINT scored;

-- case validate on a new table
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
ALTER TABLE fresh VALIDATE CONSTRAINT positive;

-- case update all
-- finds big-update error V1:1 table public.users
UPDATE users SET nickname = name;

-- case update in a loop of one transaction
-- finds big-update error V1:1 table public.users
DO $$ DECLARE n bigint := 0; BEGIN
    LOOP
        UPDATE users SET nickname = name WHERE id > n AND id <= n + 100;
        n := n + 100;
        EXIT WHEN n > 2000;
    END LOOP;
END $$;

-- case delete many
-- finds big-update error V1:1 table public.orders
DELETE FROM orders WHERE id > 1000;

-- case update partitions
-- finds big-update error V1:1 table public.events
UPDATE events SET body = 'x' WHERE day < '2025-01-01';

-- case update in many statements
-- finds big-update error V1:1 table public.users
UPDATE users SET nickname = name WHERE id <= 110;
UPDATE users SET nickname = name WHERE id > 110 AND id <= 220;

-- case update in a function
-- finds big-update error V1:2 table public.users
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'UPDATE users SET nickname = name';
SELECT fill();
DROP FUNCTION fill();

-- case update a few
UPDATE users SET nickname = name WHERE id BETWEEN 5 AND 20;

-- case update a small table
UPDATE settings SET value = 'x';

-- case insert many into a new table
CREATE TABLE fresh (id bigint PRIMARY KEY, email text);
INSERT INTO fresh SELECT id, email FROM users;
UPDATE fresh SET email = 'x';

-- case update by parts in scripts
UPDATE users SET nickname = name WHERE id <= 60;
-- script
UPDATE users SET nickname = name WHERE id > 60 AND id <= 120;

-- case two tables
-- finds many-locks warning V1:2 table public.countries
ALTER TABLE settings ADD COLUMN note text;
ALTER TABLE countries ADD COLUMN note text;

-- case two tables in a block
-- finds many-locks warning V1:1 table public.settings
DO $$ BEGIN
    ALTER TABLE settings ADD COLUMN note text;
    ALTER TABLE countries ADD COLUMN note text;
END $$;

-- case lock two tables
-- finds many-locks warning V1:1 table public.settings
LOCK TABLE settings, countries;

-- case one table twice
ALTER TABLE settings ADD COLUMN note text;
ALTER TABLE settings ADD COLUMN more text;

-- case two tables in two scripts
ALTER TABLE settings ADD COLUMN note text;
-- script
ALTER TABLE countries ADD COLUMN note text;

-- case a table and a new one
CREATE TABLE fresh (id bigint PRIMARY KEY, country char(2) REFERENCES countries);
ALTER TABLE fresh ADD COLUMN note text;
ALTER TABLE settings ADD COLUMN note text;

-- case a foreign key between two tables
ALTER TABLE old_codes DROP CONSTRAINT old_codes_country_fkey;

-- case comments, statistics, grants
COMMENT ON TABLE users IS 'people';
ALTER TABLE users ALTER COLUMN email SET STATISTICS 500;
CREATE STATISTICS users_name ON name, nickname FROM users;
ANALYZE users;

-- case insert rows
INSERT INTO countries VALUES ('it', 'Italy', 'eu', 4) ON CONFLICT DO NOTHING;

-- case a trigger
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();

-- case a new schema
CREATE SCHEMA IF NOT EXISTS reports;
CREATE VIEW reports.people AS SELECT id, email FROM users;
CREATE FUNCTION reports.people() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users';

-- case an extension
CREATE TABLE fresh (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), at timestamptz NOT NULL DEFAULT now());

-- case a table without a primary key (style)
-- finds no-primary-key notice V1:1 table public.fresh
CREATE TABLE fresh (id bigint, name text);

-- case a table without a primary key in a block (style)
-- finds no-primary-key notice V1:1 table public.fresh
DO $$ BEGIN CREATE TABLE fresh (id bigint, name text); END $$;

-- case a partitioned table without a primary key (style)
-- finds no-primary-key notice V1:1 table public.fresh
CREATE TABLE fresh (id bigint, name text) PARTITION BY RANGE (id);
CREATE TABLE fresh_1 PARTITION OF fresh FOR VALUES FROM (1) TO (100);

-- case a primary key in the next script (style)
CREATE TABLE fresh (id bigint, name text);
-- script
ALTER TABLE fresh ADD PRIMARY KEY (id);

-- case a foreign key without an index (style)
-- finds no-fk-index notice V1:1 constraint fresh_user_id_fkey on table public.fresh
CREATE TABLE fresh (id bigint PRIMARY KEY, user_id bigint REFERENCES users);

-- case a foreign key without an index on an existing table (style)
-- finds no-fk-index notice V1:1 constraint settings_user_id_fkey on table public.settings
ALTER TABLE settings ADD COLUMN user_id bigint REFERENCES users;

-- case a foreign key without an index in a block (style)
-- finds no-fk-index notice V1:1 constraint fresh_user_id_fkey on table public.fresh
DO $$ BEGIN CREATE TABLE fresh (id bigint PRIMARY KEY, user_id bigint REFERENCES users); END $$;

-- case a foreign key with an index (style)
CREATE TABLE fresh (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX ON fresh (user_id, id);

-- case a primary key of four bytes (style)
-- finds int4-primary-key notice V1:1 column public.fresh.id
-- finds serial-column notice V1:1 column public.fresh.id
CREATE TABLE fresh (id serial PRIMARY KEY, name text);

-- case a primary key of two bytes (style)
-- finds int4-primary-key notice V1:1 column public.fresh.id
CREATE TABLE fresh (id smallint PRIMARY KEY, name text);

-- case a primary key of four bytes in a block (style)
-- finds int4-primary-key notice V1:1 column public.fresh.id
DO $$ BEGIN CREATE TABLE fresh (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY); END $$;

-- case a primary key of two columns (style)
CREATE TABLE fresh (a int, b int, PRIMARY KEY (a, b));

-- case a timestamp (style)
-- finds timestamp-without-time-zone notice V1:1 column public.users.at
ALTER TABLE users ADD COLUMN at timestamp;

-- case a timestamp in a new table (style)
-- finds timestamp-without-time-zone notice V1:1 column public.fresh.at
CREATE TABLE fresh (id bigint PRIMARY KEY, at timestamp(3) NOT NULL);

-- case a timestamp in a block (style)
-- finds timestamp-without-time-zone notice V1:1 column public.users.at
DO $$ BEGIN ALTER TABLE users ADD COLUMN at timestamp; END $$;

-- case a timestamptz (style)
ALTER TABLE users ADD COLUMN at timestamptz;

-- case char (style)
-- finds char-type notice V1:1 column public.users.country
ALTER TABLE users ADD COLUMN country char(2);

-- case char in a new table (style)
-- finds char-type notice V1:1 column public.fresh.country
CREATE TABLE fresh (id bigint PRIMARY KEY, country character(2));

-- case char in a block (style)
-- finds char-type notice V1:1 column public.users.country
DO $$ BEGIN ALTER TABLE users ADD COLUMN country char(2); END $$;

-- case bigserial (style)
-- finds serial-column notice V1:1 column public.fresh.id
CREATE TABLE fresh (id bigserial PRIMARY KEY);

-- case add a serial column to a new table (style)
-- finds serial-column notice V1:2 column public.fresh.place
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN place serial;

-- case bigserial in a block (style)
-- finds serial-column notice V1:1 column public.fresh.id
DO $$ BEGIN CREATE TABLE fresh (id bigserial PRIMARY KEY); END $$;

-- case an identity column, and a sequence that no column owns (style)
CREATE SEQUENCE places;
CREATE TABLE fresh (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, place bigint DEFAULT nextval('places'));

-- case varchar (style)
ALTER TABLE users ADD COLUMN country varchar(2), ADD COLUMN note text;

-- case add a column with rules for it to a big table
-- finds blocking-lock warning V1:1 table public.users
ALTER TABLE users ADD COLUMN size int CHECK (size > 0);

-- case a lock and then a rewrite of the same table
-- finds rewrite error V1:2 table public.users
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
