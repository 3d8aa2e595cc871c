-- What v41 and v42 run: they work until v44.
INSERT INTO customers (name) VALUES ('Ada');
UPDATE customers SET name = 'Ada Lovelace' WHERE name = 'Ada';
SELECT id, name FROM customers WHERE name = 'Ada Lovelace';
