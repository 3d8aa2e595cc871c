SELECT NOT EXISTS (SELECT FROM customers WHERE full_name IS NULL OR full_name <> name);
