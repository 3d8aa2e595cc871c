-- What v43 and v44 run: they work from v42 on, and find all rows once the backfill is done.
INSERT INTO customers (full_name) VALUES ('Grace');
UPDATE customers SET full_name = 'Grace Hopper' WHERE full_name = 'Grace';
SELECT id, full_name FROM customers WHERE full_name = 'Grace Hopper';
