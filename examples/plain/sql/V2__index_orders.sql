-- Outside of a transaction, statement by statement: migrate sees that by itself.
CREATE INDEX CONCURRENTLY orders_placed_at ON orders (placed_at);
