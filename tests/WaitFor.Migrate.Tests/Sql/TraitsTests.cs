using Npgsql;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class TraitsTests
{
    private static readonly string[] Concurrent =
    [
        "CREATE INDEX CONCURRENTLY i1 ON users (name)",
        "CREATE INDEX CONCURRENTLY ON users (name)",
        "create unique index concurrently if not exists i2 on only public.users using btree (lower(name)) where name <> ''",
        "CREATE /* now */ INDEX -- later\n CONCURRENTLY i3 ON users (name)",
        "CREATE INDEX CONCURRENTLY \"Odd; name\" ON \"users\" (name)",
        "DROP INDEX CONCURRENTLY users_name",
        "DROP INDEX CONCURRENTLY IF EXISTS public.users_name",
        "REINDEX TABLE CONCURRENTLY users",
        "REINDEX INDEX CONCURRENTLY users_name",
        "REINDEX (CONCURRENTLY) TABLE users",
        "REINDEX (VERBOSE, CONCURRENTLY true) INDEX public.users_name",
        "REINDEX SCHEMA CONCURRENTLY public",
        "ALTER TABLE parts DETACH PARTITION part1 CONCURRENTLY",
        "ALTER TABLE IF EXISTS ONLY \"public\".\"parts\" DETACH PARTITION \"public\".\"part1\" CONCURRENTLY",
    ];

    private static readonly string[] Refused =
    [
        "VACUUM",
        "vacuum users",
        "VACUUM (FULL, ANALYZE) users",
        "VACUUM FREEZE VERBOSE ANALYZE users (name)",
        "/* nightly */ VACUUM users",
        "ALTER SYSTEM SET work_mem = '5MB'",
        "ALTER SYSTEM RESET ALL",
        "CREATE DATABASE another",
        "CREATE DATABASE \"Another\" TEMPLATE template0 ENCODING 'UTF8'",
        "DROP DATABASE IF EXISTS another",
        "DROP DATABASE another WITH (FORCE)",
        "ALTER DATABASE another SET TABLESPACE pg_default",
        "ALTER DATABASE \"another\" SET TABLESPACE pg_default",
        "CREATE TABLESPACE fast LOCATION '/mnt/fast'",
        "DROP TABLESPACE IF EXISTS fast",
        "REINDEX SCHEMA public",
        "REINDEX DATABASE postgres",
        "REINDEX SYSTEM postgres",
        "REINDEX (VERBOSE) SCHEMA public",
        "REINDEX (VERBOSE, TABLESPACE pg_default) DATABASE postgres",
        "CLUSTER",
        "CLUSTER VERBOSE",
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
        "DISCARD ALL",
    ];

    /// <summary>PostgreSQL takes them in a transaction too, or refuses them for another reason: no harm in running them outside of
    /// one.</summary>
    private static readonly string[] RefusedToBeSafe =
    [
        "DROP SUBSCRIPTION s",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "ALTER SUBSCRIPTION s DISABLE",
        "CLUSTER (VERBOSE)",
        "REINDEX DATABASE",
    ];

    private static readonly string[] Fine =
    [
        "SELECT 1",
        "CREATE TABLE t (id int)",
        "CREATE INDEX i4 ON users (name)",
        "CREATE UNIQUE INDEX IF NOT EXISTS i5 ON users (name)",
        "CREATE INDEX \"concurrently\" ON users (name)",
        "CREATE TABLE \"concurrently\" (vacuum int)",
        "COMMENT ON INDEX users_name IS 'CREATE INDEX CONCURRENTLY'",
        "DROP INDEX users_name",
        "DROP INDEX IF EXISTS \"concurrently\", users_name",
        "REINDEX TABLE users",
        "REINDEX (VERBOSE) INDEX users_name",
        "REINDEX TABLE \"concurrently; none\"",
        "REINDEX TABLE \"schema\"",
        "ALTER TABLE users ADD COLUMN detach int",
        "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'detach concurrently'",
        "ALTER TABLE users ALTER COLUMN name SET DEFAULT E'\\' detach concurrently'",
        "ALTER TABLE users ALTER COLUMN name SET DEFAULT $$detach concurrently$$",
        "ALTER TABLE users ALTER COLUMN name SET DEFAULT $a$detach $$ concurrently$a$",
        "ALTER TABLE parts DETACH PARTITION part1",
        "ALTER TYPE mood ADD VALUE 'happy'",
        "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad' BEFORE 'ok'",
        "ALTER DATABASE postgres SET search_path = public",
        "ALTER DATABASE postgres SET default_tablespace = 'pg_default'",
        "ALTER DATABASE postgres SET search_path = 'tablespace'",
        "ALTER DATABASE postgres CONNECTION LIMIT 10",
        "ALTER DATABASE postgres RESET ALL",
        "CLUSTER users USING users_name",
        "CLUSTER \"users\" USING users_name",
        "CLUSTER größe USING größe_i",
        "CLUSTER VERBOSE users USING users_name",
        "ANALYZE users",
        "CHECKPOINT",
        "TRUNCATE users",
        "LOCK TABLE users",
        "SAVEPOINT a",
        "SET LOCAL lock_timeout = 0",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1 /* VACUUM; */'",
        "REFRESH MATERIALIZED VIEW m",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "DISCARD TEMP",
        "CREATE PUBLICATION p FOR TABLE users",
        "NOTIFY a",
        "DROP TABLE users",
        "VALUES ('VACUUM')",
    ];

    private static readonly string[] MayCommit =
    [
        "DO $$ BEGIN NULL; END $$",
        "do language plpgsql 'BEGIN NULL; END'",
        "CALL p()",
        "/* a */ call p()",
    ];

    public static IEnumerable<object[]> Table =>
        [
            .. Concurrent.Select(sql => new[] { sql, nameof(Surroundings.Concurrently) }),
            .. Refused.Concat(RefusedToBeSafe).Select(sql => new[] { sql, nameof(Surroundings.NoTransaction) }),
            .. Fine.Select(sql => new[] { sql, nameof(Surroundings.Any) }),
            .. MayCommit.Select(sql => new[] { sql, nameof(Surroundings.MayCommit) }),
        ];

    [Theory]
    [MemberData(nameof(Table))]
    public void A_statement_tells_what_it_needs(string sql, string surroundings) =>
        Assert.Equal(surroundings, Traits.Of(Statement(sql)).ToString());

    [PostgresTheory]
    [InlineData(nameof(PostgresPackage.Debian))]
    [InlineData(nameof(PostgresPackage.Npm))]
    public async Task PostgreSQL_refuses_the_same_ones_in_a_transaction(string package)
    {
        using var bed = await Bed.CreateAsync(PostgresPackage.Of(package));
        await bed.ExecuteAsync(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text); CREATE INDEX users_name ON users (name);
            CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1);
            CREATE TYPE mood AS ENUM ('ok'); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX ON m (a);
            CREATE TABLE größe (id int); CREATE INDEX größe_i ON größe (id); CREATE TABLE "concurrently; none" (id int);
            CREATE TABLE "schema" (id int);
            CREATE TABLE IF NOT EXISTS gone (id int); CREATE INDEX "concurrently" ON gone (id); CREATE PROCEDURE p() LANGUAGE sql AS ''
            """
        );
        await bed.ExecuteAsync("DROP TABLE gone");
        await using var connection = await PostgresServer.ConnectAsync(bed.Url);

        var differing = new List<string>();
        foreach (
            var (expected, sql) in Concurrent
                .Concat(Refused)
                .Select(sql => (true, sql))
                .Concat(Fine.Concat(MayCommit).Select(sql => (false, sql)))
        )
        {
            await Run("BEGIN");
            var answer = await Run(sql);
            await Run("ROLLBACK");
            if (expected ? answer != "25001" : answer is not ("" or "42704"))
                differing.Add($"{sql}: {answer}");
        }

        Assert.True(differing.Count == 0, string.Join("\n", differing));

        async Task<string> Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            try
            {
                await command.ExecuteNonQueryAsync();
                return "";
            }
            catch (PostgresException exception)
            {
                return exception.SqlState;
            }
        }
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (a)", "i", null, "t")]
    [InlineData("create unique index concurrently I on T (a)", "i", null, "t")]
    [InlineData("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (a)", "i", "s", "t")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON ONLY s.t USING gin (a)", "i", "s", "t")]
    [InlineData("CREATE INDEX CONCURRENTLY \"I; \"\"x\"\"\" ON \"S s\".\"T.t\" (a)", "I; \"x\"", "S s", "T.t")]
    [InlineData("CREATE INDEX CONCURRENTLY \"on\" ON \"only\" (a)", "on", null, "only")]
    [InlineData("CREATE INDEX CONCURRENTLY \"if\" ON t (a)", "if", null, "t")]
    [InlineData("CREATE/**/INDEX/* a */CONCURRENTLY--b\ni/*c*/ON/*d*/s/*e*/./*f*/t(a)", "i", "s", "t")]
    [InlineData("CREATE INDEX CONCURRENTLY --b\ri ON t (a)", "i", null, "t")]
    [InlineData("CREATE INDEX CONCURRENTLY Größe_Ä ON _T$1 (a)", "größe_Ä", null, "_t$1")]
    [InlineData(
        "CREATE INDEX CONCURRENTLY a123456789b123456789c123456789d123456789e123456789f123456789g123456789 ON t (a)",
        "a123456789b123456789c123456789d123456789e123456789f123456789g12",
        null,
        "t"
    )]
    public void A_concurrent_index_tells_its_name(string sql, string name, string? schema, string table) =>
        Assert.Equal(new IndexName(schema, table, name), Traits.ConcurrentIndex(Statement(sql)));

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY ON t (a)")]
    [InlineData("CREATE INDEX i ON t (a)")]
    [InlineData("CREATE INDEX \"concurrently\" ON t (a)")]
    [InlineData("DROP INDEX CONCURRENTLY i")]
    [InlineData("CREATE TABLE t (a int)")]
    [InlineData("CREATE INDEX CONCURRENTLY")]
    [InlineData("CREATE INDEX CONCURRENTLY i")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON")]
    [InlineData("CREATE INDEX CONCURRENTLY IF NOT")]
    [InlineData("CREATE")]
    [InlineData("SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)'")]
    public void Others_have_none(string sql) => Assert.Null(Traits.ConcurrentIndex(Statement(sql)));

    [Theory]
    [InlineData("DROP INDEX CONCURRENTLY i", null, "i")]
    [InlineData("drop index concurrently if exists S.I cascade", "s", "i")]
    [InlineData("DROP INDEX CONCURRENTLY \"S\".\"I \"\"\"", "S", "I \"")]
    [InlineData("DROP INDEX /* a */ CONCURRENTLY -- b\n \"i.j\"", null, "i.j")]
    // PostgreSQL refuses a list: the first is enough.
    [InlineData("DROP INDEX CONCURRENTLY a, b", null, "a")]
    public void A_concurrent_drop_tells_its_index(string sql, string? schema, string name) =>
        Assert.Equal((schema, name), Traits.ConcurrentlyDropped(Statement(sql)));

    [Theory]
    [InlineData("DROP INDEX i")]
    [InlineData("DROP INDEX \"concurrently\"")]
    [InlineData("DROP INDEX CONCURRENTLY")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (a)")]
    [InlineData("DROP TABLE t")]
    public void Other_statements_drop_none(string sql) => Assert.Null(Traits.ConcurrentlyDropped(Statement(sql)));

    [Theory]
    [InlineData("BEGIN")]
    [InlineData("begin")]
    [InlineData("BEGIN WORK")]
    [InlineData("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE")]
    [InlineData("BEGIN ISOLATION LEVEL SERIALIZABLE")]
    [InlineData("BEGIN READ ONLY")]
    [InlineData("BEGIN /* a */ NOT DEFERRABLE")]
    [InlineData("START TRANSACTION")]
    [InlineData("Start Transaction Read Write")]
    [InlineData("COMMIT")]
    [InlineData("COMMIT WORK")]
    [InlineData("COMMIT AND CHAIN")]
    [InlineData("COMMIT TRANSACTION AND NO CHAIN")]
    [InlineData("COMMIT PREPARED 'x'")]
    [InlineData("END")]
    [InlineData("END TRANSACTION")]
    [InlineData("ROLLBACK")]
    [InlineData("ROLLBACK WORK")]
    [InlineData("ROLLBACK AND CHAIN")]
    [InlineData("ROLLBACK PREPARED 'x'")]
    [InlineData("ABORT")]
    [InlineData("ABORT WORK")]
    [InlineData("PREPARE TRANSACTION 'x'")]
    public void These_begin_or_end_a_transaction(string sql) => Assert.True(Traits.ControlsTransaction(Statement(sql)));

    [Theory]
    [InlineData("SAVEPOINT a")]
    [InlineData("RELEASE SAVEPOINT a")]
    [InlineData("ROLLBACK TO a")]
    [InlineData("ROLLBACK TO SAVEPOINT a")]
    [InlineData("ROLLBACK WORK TO SAVEPOINT a")]
    [InlineData("ROLLBACK TRANSACTION TO a")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")]
    [InlineData("PREPARE begin AS SELECT 1")]
    [InlineData("PREPARE p AS SELECT 1 AS transaction")]
    [InlineData("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END")]
    [InlineData("DO $$ BEGIN COMMIT; END $$")]
    [InlineData("SELECT 'BEGIN'")]
    [InlineData("\"begin\"")]
    [InlineData("CREATE TABLE begin (commit int)")]
    public void These_do_not(string sql) => Assert.False(Traits.ControlsTransaction(Statement(sql)));

    private static Statement Statement(string sql) => new(sql, 0, 1, 1);
}
