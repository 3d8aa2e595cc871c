-- "Batches", all of them in one transaction.
DO $$
DECLARE
    done int;
BEGIN
    LOOP
        UPDATE users SET email_lower = lower(email)
            WHERE id IN (SELECT id FROM users WHERE email_lower IS NULL LIMIT 40000);
        GET DIAGNOSTICS done = ROW_COUNT;
        EXIT WHEN done = 0;
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
