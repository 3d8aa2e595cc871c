-- The copy that the scripts are judged on: version 1, with 120,000 users.
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    display_name text,
    email_lower text
);
INSERT INTO users (first_name, last_name, email)
    SELECT 'First' || n, 'Last' || n, 'User' || n || '@example.com' FROM generate_series(1, 120000) AS n;
ANALYZE users;
