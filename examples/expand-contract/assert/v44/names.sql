SELECT count(*) = 0 FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attname = 'name';

SELECT count(*) = 0 FROM pg_trigger WHERE tgrelid = 'customers'::regclass AND NOT tgisinternal;
