-- Batch by batch along the primary key, each in a transaction of its own: short locks, and a rerun goes on where this one ended.
-- migrate: batch table=customers key=id size=1000 pause=50ms
UPDATE customers SET full_name = name
WHERE ${batch} AND full_name IS NULL;
