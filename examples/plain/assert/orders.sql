SELECT bool_and(indisvalid) FROM pg_index WHERE indexrelid = 'orders_placed_at'::regclass;

SELECT has_table_privilege('shop_app', 'orders', privilege), privilege
FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege;

SELECT NOT has_schema_privilege('shop_app', current_schema(), 'CREATE');
