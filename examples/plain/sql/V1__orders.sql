CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now()
);

-- Table by table, so that the history of migrations stays the migrator's own.
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO shop_app;
