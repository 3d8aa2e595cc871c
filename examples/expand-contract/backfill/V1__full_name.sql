-- Along the primary key, a batch in a transaction: short locks, and a rerun goes on where this one ended.
DO $$
DECLARE
    first bigint := 0;
    last bigint := (SELECT coalesce(max(id), 0) FROM customers);
BEGIN
    WHILE first < last LOOP
        UPDATE customers SET full_name = name
        WHERE id > first AND id <= first + 1000 AND full_name IS NULL;
        COMMIT;
        first := first + 1000;
    END LOOP;
END
$$;
