SELECT count(*) = 1 FROM pg_trigger
WHERE tgrelid = 'customers'::regclass AND tgname = 'customers_keep_names_in_step' AND tgenabled = 'O';

-- A row is either in step, or waits for the backfill. At least one row is returned, also for an empty table.
SELECT NOT EXISTS (SELECT FROM customers WHERE full_name <> name);
