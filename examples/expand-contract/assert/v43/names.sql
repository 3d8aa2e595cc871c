SELECT attnotnull FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attname = 'full_name';

SELECT indisvalid FROM pg_index WHERE indexrelid = 'customers_full_name'::regclass;

SELECT NOT EXISTS (SELECT FROM customers WHERE full_name <> name);
