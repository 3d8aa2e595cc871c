using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>Along each kind of key every row is done exactly once; a table that cannot be walked is refused before anything runs.</summary>
public abstract class BatchKeyServerTests(PostgresPackage package) : ServerTests(package)
{
    /// <summary>A table <c>t</c> with its key; <c>i</c> is a number from 1 to 997, each once.</summary>
    public static TheoryData<string, string, string> Keys =>
        new()
        {
            { "k int2 PRIMARY KEY", "id(i)", "k" },
            { "k int PRIMARY KEY", "i * -1000", "k" },
            { "k bigint PRIMARY KEY", "(i::bigint * i * i * 9007199254) - 4611686018427387904", "k" },
            { "k bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "DEFAULT", "k" },
            { "k numeric PRIMARY KEY", "i / 7.0 - 50", "k" },
            { "k numeric(20, 3) UNIQUE NOT NULL", "CASE WHEN i = 5 THEN 'NaN'::numeric ELSE i / 8.0 END", "k" },
            { "k uuid PRIMARY KEY", "gen_random_uuid()", "k" },
            { "k text PRIMARY KEY", "'é' || md5(i::text)", "k" },
            { "k text PRIMARY KEY", "repeat('a', i)", "k" },
            { "k text PRIMARY KEY", "chr(i) || '''\\\"' || E'\\n' || i", "k" },
            { "k text COLLATE \"C\" PRIMARY KEY", "CASE i % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'a' ELSE '_' END || i", "k" },
            { "k text COLLATE \"und-x-icu\" PRIMARY KEY", "CASE i % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'a' ELSE '_' END || i", "k" },
            { "k varchar(40) PRIMARY KEY", "'v' || i", "k" },
            { "k char(8) PRIMARY KEY", "'c' || i", "k" },
            { "k timestamptz PRIMARY KEY", "'2026-03-29 00:00+00'::timestamptz + i * interval '7 min 1.000001 s'", "k" },
            { "k timestamptz PRIMARY KEY", "CASE i WHEN 1 THEN '-infinity' WHEN 2 THEN 'infinity' ELSE '1883-11-18'::timestamptz + i * "
                + "interval '1 h' END", "k" },
            { "k timestamp PRIMARY KEY", "'0044-03-15 BC'::timestamp + i * interval '1 day'", "k" },
            { "k date PRIMARY KEY", "date '1999-12-31' + i", "k" },
            { "k key_domain PRIMARY KEY", "i", "k" },
            { "\"the Key\" int PRIMARY KEY", "i", "\"the Key\"" },
            { "k int NOT NULL, UNIQUE (k) INCLUDE (n)", "i", "k" },
            { "k int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED", "i", "k" },
        };

    [PostgresTheory]
    [MemberData(nameof(Keys))]
    public async Task Every_row_is_done_exactly_once(string column, string value, string key)
    {
        using var bed = await CreateBedAsync();
        var name = column.StartsWith('"') ? "\"the Key\"" : "k";
        await bed.ExecuteAsync(
            "CREATE DOMAIN key_domain AS bigint CHECK (VALUE > 0)",
            "CREATE FUNCTION id(int) RETURNS int2 LANGUAGE sql IMMUTABLE AS 'SELECT $1::int2'",
            $"CREATE TABLE t (n int NOT NULL DEFAULT 0, {column})",
            value == "DEFAULT"
                ? "INSERT INTO t (n) SELECT 0 FROM generate_series(1, 997)"
                : $"INSERT INTO t ({name}) SELECT {value} FROM generate_series(1, 997) i"
        );
        // Formats that a text must survive.
        bed.Write(
            "V1__fill.sql",
            $"-- migrate: batch table=t key={key} size=40 min=40 max=40\nSET DateStyle = 'SQL, DMY';\nSET TimeZone = 'America/New_York';\n"
                + "SET standard_conforming_strings = off;\nUPDATE t SET n = n + 1 WHERE ${batch};\n"
        );

        var log = await bed.RunAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Equal(["997|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
        Assert.Contains("V1__fill.sql: 997 rows changed in 25 batches, 997 rows read", log);
    }

    [PostgresTheory]
    [InlineData("(a, b)", "PRIMARY KEY (a, b)")]
    [InlineData("(b, a)", "PRIMARY KEY (b, a)")]
    [InlineData("(u.a, u.b)", "PRIMARY KEY (a, b) INCLUDE (n)")]
    [InlineData("(c, a, b)", "UNIQUE (c, a, b)")]
    [InlineData("(a, b)", "UNIQUE (a, c, b), PRIMARY KEY (a, b)")]
    public async Task Composite_keys(string key, string constraint)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE TABLE t (a text NOT NULL, b int NOT NULL, c uuid NOT NULL DEFAULT gen_random_uuid(), n int NOT NULL DEFAULT 0, "
                + $"{constraint})",
            "INSERT INTO t (a, b) SELECT 'tenant ' || j, i FROM generate_series(1, 9) j, generate_series(1, j * j * 5) i"
        );
        bed.Write("V1__fill.sql", $"-- migrate: batch table=t key={key} size=33 min=33 max=33\nUPDATE t AS u SET n = n + 1 WHERE "
            + $"${{batch}};\n");

        await bed.RunAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Equal(["1425|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM t"));
    }

    [PostgresFact]
    public async Task A_partitioned_table_by_its_own_key()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE TABLE t (tenant int, id int, n int NOT NULL DEFAULT 0, PRIMARY KEY (tenant, id)) PARTITION BY LIST (tenant)",
            "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2)",
            "CREATE TABLE t2 PARTITION OF t DEFAULT",
            "INSERT INTO t SELECT i % 5, i FROM generate_series(1, 500) i"
        );
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=(tenant, id) size=30 min=30 max=30\nUPDATE t SET n = n + 1 WHERE "
            + "${batch};\n");
        bed.Write("V2__one.sql", "-- migrate: batch table=t1 key=(tenant, id)\nUPDATE t1 SET n = n + 1 WHERE ${batch};\n");

        await bed.RunAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Equal(["1|300", "2|200"], await bed.QueryAsync("SELECT n, count(*) FROM t GROUP BY 1 ORDER BY 1"));
    }

    [PostgresTheory]
    [InlineData("table=\"My App\".\"The Users\" key=\"The Id\"", "")]
    [InlineData("table=\"The Users\" key=\"The Id\"", "SET search_path = \"My App\";\n")]
    [InlineData("table=\"The Users\" key=\"The Id\"", "SELECT set_config('search_path', '\"My App\"', false);\n")]
    public async Task A_table_is_found_by_its_schema_or_by_what_the_script_sets(string table, string first)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE SCHEMA \"My App\"",
            "CREATE TABLE \"My App\".\"The Users\" (\"The Id\" int PRIMARY KEY, n int DEFAULT 0)",
            "INSERT INTO \"My App\".\"The Users\" SELECT i FROM generate_series(1, 50) i"
        );
        bed.Write(
            "V1__fill.sql",
            $"-- migrate: batch {table} size=10 max=10\n{first}UPDATE \"My App\".\"The Users\" SET n = n + 1 WHERE ${{batch}};\n"
        );

        await bed.RunAsync("up");

        Assert.Equal(["50|1|1"], await bed.QueryAsync("SELECT count(*), min(n), max(n) FROM \"My App\".\"The Users\""));
    }

    /// <summary>What makes the table <c>t</c>, the key, and why it is refused.</summary>
    public static TheoryData<string, string, string> Refused =>
        new()
        {
            { "", "k", "there is no table t; correct table=..., or name its schema (table=app.users)" },
            { "CREATE TABLE t (k int)", "id", "the table t has no column id; correct key=id" },
            { "CREATE TABLE t (k int UNIQUE)", "k", "the column k of t can be NULL, and such rows would be left out" },
            { "CREATE TABLE t (k int NOT NULL)", "k", "t has no unique index on exactly k; create one in an earlier script: CREATE UNIQUE "
                + "INDEX CONCURRENTLY ON public.t (k)" },
            { "CREATE TABLE t (k int NOT NULL); CREATE INDEX i ON t (k)", "k", "t has no unique index on exactly k; create one" },
            { "CREATE TABLE t (k int NOT NULL); CREATE UNIQUE INDEX i ON t (k) WHERE k > 0", "k", "no unique index on exactly k (i is "
                + "partial)" },
            { "CREATE TABLE t (k int NOT NULL); CREATE UNIQUE INDEX i ON t ((k + 1), k)", "k", "no unique index on exactly k (i has an "
                + "expression)" },
            { "CREATE TABLE t (k int NOT NULL, b int); CREATE UNIQUE INDEX i ON t (k, b)", "k", "no unique index on exactly k (i is on (k, "
                + "b))" },
            { "CREATE TABLE t (k text NOT NULL); CREATE UNIQUE INDEX i ON t (k COLLATE \"C\")", "k", "(i has another collation than the "
                + "column)" },
            { "CREATE TABLE t (k text NOT NULL); CREATE UNIQUE INDEX i ON t (k text_pattern_ops)", "k", "(i has an operator class that is "
                + "not the default one)" },
            { "CREATE TABLE t (k timestamptz NOT NULL)", "k", "ON public.t (k)" },
            { "CREATE TABLE t (a int NOT NULL, b int NOT NULL, UNIQUE (b, a))", "(a, b)", "no unique index on exactly (a, b) (t_b_a_key is "
                + "on (b, a))" },
            { "CREATE TABLE t (a int NOT NULL, b int NOT NULL); CREATE UNIQUE INDEX i ON t (a, b "
                + "DESC)", "(a, b)", "(i mixes ASC and DESC)" },
            { "CREATE TABLE t (a int NOT NULL, b int, UNIQUE (a, b))", "(a, b)", "the column b of t can be NULL" },
            { "CREATE TABLE t (k jsonb PRIMARY KEY)", "k", "the column k of t is of type jsonb, which cannot be divided into ranges" },
            { "CREATE TABLE t (k int[] PRIMARY KEY)", "k", "of type integer[]" },
            { "CREATE TABLE t (k float8 PRIMARY KEY)", "k", "of type double precision" },
            { "CREATE TABLE t (k bytea PRIMARY KEY)", "k", "of type bytea" },
            { "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (k mood PRIMARY KEY)", "k", "of type mood" },
            { "CREATE TABLE s (k int PRIMARY KEY); CREATE VIEW t AS SELECT * FROM s", "k", "t is a view; name the table that the "
                + "batches divide into ranges" },
            { "CREATE MATERIALIZED VIEW t AS SELECT 1 AS k", "k", "t is a materialized view" },
            { "CREATE SEQUENCE t", "k", "t is no table" },
            { "CREATE TABLE t (tenant int, id int, PRIMARY KEY (tenant, id)) PARTITION BY LIST "
                + "(tenant)", "id", "CREATE UNIQUE INDEX ON public.t (id) (of a partitioned table it includes the columns that it is "
                + "partitioned by)" },
        };

    [PostgresTheory]
    [MemberData(nameof(Refused))]
    public async Task A_table_that_cannot_be_walked_is_refused_before_anything_runs(string tables, string key, string why)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(["CREATE TABLE other (k int)", tables]);
        bed.Write("V1__first.sql", "CREATE TABLE first (id int);");
        bed.Write("V2__fill.sql", $"-- a comment\n-- migrate: batch table=t key={key}\nUPDATE t SET n = n + 1 WHERE ${{batch}};\n");
        if (tables.Length == 0)
            File.Delete(Path.Combine(bed.Sql, "V1__first.sql"));

        var (exitCode, message) = await bed.EndAsync("up --baseline-on-migrate --baseline-version 0 --release r1");

        Assert.StartsWith("V2__fill.sql, line 2: batch: ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
        Assert.Equal(["True"], await bed.QueryAsync("SELECT to_regclass('first') IS NULL AND to_regclass('flyway_schema_history') IS "
            + "NULL"));
    }

    [PostgresFact]
    public async Task An_invalid_index_does_not_count()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(
            "CREATE TABLE t (k int NOT NULL)",
            "CREATE UNIQUE INDEX i ON t (k)",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass"
        );
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=k\nUPDATE t SET k = k WHERE ${batch};\n");

        var (exitCode, message) = await bed.EndAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Contains("no unique index on exactly k (i is not valid)", message, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }

    /// <summary>Table and index may be the work of the same run.</summary>
    [PostgresFact]
    public async Task What_an_earlier_script_of_the_run_makes_counts()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t (k int NOT NULL, n int DEFAULT 0); INSERT INTO t SELECT generate_series(1, 10);");
        bed.Write("V2__index.sql", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (k);");
        bed.Write("V3__fill.sql", "-- migrate: batch table=t key=k\nUPDATE t SET n = n + 1 WHERE ${batch};\n");

        await bed.RunAsync("up");
        Assert.Equal(["10"], await bed.QueryAsync("SELECT sum(n) FROM t"));

        // It may also forget to.
        bed.Write("V4__drop.sql", "DROP INDEX i;");
        bed.Write("V5__again.sql", "-- migrate: batch table=t key=k\nUPDATE t SET n = n + 1 WHERE ${batch};\n");
        var (exitCode, message) = await bed.EndAsync("up");

        Assert.Contains("V5__again.sql, line 1: batch: t has no unique index on exactly k", message, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
        Assert.Equal("4|V4__drop.sql|True", (await bed.HistoryAsync())[^1]);
    }
}

public sealed class BatchKeyServerTestsOnDebian() : BatchKeyServerTests(PostgresPackage.Debian);

public sealed class BatchKeyServerTestsOn18() : BatchKeyServerTests(PostgresPackage.Npm)
{
    /// <summary>Since PostgreSQL 18 older rows may have no value in a NOT NULL column.</summary>
    [PostgresFact]
    public async Task A_not_null_that_is_not_validated_does_not_count()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE t (k int UNIQUE)", "ALTER TABLE t ADD CONSTRAINT k_given NOT NULL k NOT VALID");
        bed.Write("V1__fill.sql", "-- migrate: batch table=t key=k\nUPDATE t SET k = k WHERE ${batch};\n");

        var (exitCode, message) = await bed.EndAsync("up --baseline-on-migrate --baseline-version 0");

        Assert.Contains("the column k of t can be NULL", message, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }
}
