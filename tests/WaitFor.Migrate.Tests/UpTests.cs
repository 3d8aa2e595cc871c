using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>The main path: scripts are applied once, in their order, and recorded as Flyway does.</summary>
public abstract class UpTests(PostgresPackage package) : ServerTests(package)
{
    [PostgresFact]
    public async Task Scripts_are_applied_in_the_order_of_their_versions_and_recorded()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V10__third.sql", "ALTER TABLE users ADD third int;");
        bed.Write("V2__second.sql", "ALTER TABLE users ADD second int;");
        bed.Write("V1__first.sql", "CREATE TABLE users (id int PRIMARY KEY);");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW all_users AS SELECT * FROM users;");

        await bed.RunAsync("up");

        Assert.Equal(
            [
                "1|1|first|SQL|V1__first.sql|True",
                "2|2|second|SQL|V2__second.sql|True",
                "3|10|third|SQL|V10__third.sql|True",
                "4||view|SQL|R__view.sql|True",
            ],
            await bed.QueryAsync(
                "SELECT installed_rank, version, description, type, script, success FROM flyway_schema_history ORDER BY installed_rank"
            )
        );
        Assert.Equal(
            ["id", "second", "third"],
            await bed.QueryAsync("SELECT column_name FROM information_schema.columns WHERE table_name = 'users' ORDER BY ordinal_position")
        );
    }

    [PostgresFact]
    public async Task A_second_run_has_nothing_to_do()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__first.sql", "CREATE TABLE users (id int PRIMARY KEY);");
        await bed.RunAsync("up");

        Assert.Equal(["nothing to do: the database is at version 1"], await bed.RunAsync("up"));
    }

    [PostgresFact]
    public async Task A_run_without_any_script_is_a_warning()
    {
        using var bed = await CreateBedAsync();

        Assert.Equal(
            [
                $"warning: no script was found in {bed.Sql}; check --locations, and that the image contains the files (V1__NAME.sql)",
                "nothing to do: there are no pending scripts",
            ],
            await bed.RunAsync("up")
        );
    }

    [PostgresFact]
    public async Task The_history_table_is_Flyways_column_by_column()
    {
        using var bed = await CreateBedAsync();
        await bed.RunAsync("up");

        Assert.Equal(
            [
                "installed_rank|integer||NO|",
                "version|character varying|50|YES|",
                "description|character varying|200|NO|",
                "type|character varying|20|NO|",
                "script|character varying|1000|NO|",
                "checksum|integer||YES|",
                "installed_by|character varying|100|NO|",
                "installed_on|timestamp without time zone||NO|now()",
                "execution_time|integer||NO|",
                "success|boolean||NO|",
            ],
            await bed.QueryAsync(
                "SELECT column_name, data_type, character_maximum_length, is_nullable, column_default FROM information_schema.columns "
                    + "WHERE table_name = 'flyway_schema_history' ORDER BY ordinal_position"
            )
        );
        Assert.Equal(
            [
                "CREATE UNIQUE INDEX flyway_schema_history_pk ON public.flyway_schema_history USING btree (installed_rank)",
                "CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success)",
            ],
            await bed.QueryAsync("SELECT indexdef FROM pg_indexes WHERE tablename = 'flyway_schema_history' ORDER BY indexname")
        );
        Assert.Equal(
            ["flyway_schema_history_pk|p"],
            // PostgreSQL 18 lists NOT NULL too.
            await bed.QueryAsync(
                "SELECT conname, contype FROM pg_constraint WHERE conrelid = 'flyway_schema_history'::regclass AND contype <> 'n'"
            )
        );
    }

    [PostgresFact]
    public async Task Rows_are_as_Flyway_writes_them()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1_2__Create_a__table.sql", "CREATE TABLE t (id int);\n");
        bed.Write("V01.03.sql", "SELECT 1;\r\nSELECT 2;\r\n");
        bed.Write("sub/folder/V2__empty.sql", "-- nothing\n");
        bed.Write("R__Names.sql", "-- ${who}\nSELECT 1;");

        await bed.RunAsync("up --placeholder who=me");

        Assert.Equal(
            [
                "1|1.2|Create a  table|SQL|V1_2__Create_a__table.sql|92137680|postgres|True",
                "2|01.03||SQL|V01.03.sql|-1665099012|postgres|True",
                $"3|2|empty|SQL|sub/folder/V2__empty.sql|{WaitFor.Migrate.Sql.Checksum.Of("-- nothing")}|postgres|True",
                $"4||Names|SQL|R__Names.sql|{WaitFor.Migrate.Sql.Checksum.Of("-- meSELECT 1;")}|postgres|True",
            ],
            await bed.QueryAsync(
                "SELECT installed_rank, version, description, type, script, checksum, installed_by, success FROM flyway_schema_history "
                    + "ORDER BY installed_rank"
            )
        );
        Assert.Equal(
            ["0"],
            await bed.QueryAsync(
                "SELECT count(*) FROM flyway_schema_history WHERE execution_time < 0 OR abs(extract(epoch FROM installed_on - "
                    + "now()::timestamp)) > 60"
            )
        );
    }

    [PostgresFact]
    public async Task The_time_is_that_of_the_script()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__slow.sql", "SELECT pg_sleep(0.12);");
        bed.Write("V2__slow_apart.sql", "SELECT pg_sleep(0.12); VACUUM pg_class;");
        await bed.RunAsync("up");

        Assert.Equal(["2"], await bed.QueryAsync("SELECT count(*) FROM flyway_schema_history WHERE execution_time BETWEEN 120 AND 20000"));
    }

    [PostgresTheory]
    [InlineData(
        "a rule with two commands",
        "CREATE TABLE t (id int); CREATE TABLE u (id int); CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); INSERT INTO "
            + "u VALUES (2)); INSERT INTO t VALUES (1);",
        "SELECT count(*) FROM u",
        "2"
    )]
    [InlineData(
        "a body of SQL",
        "CREATE FUNCTION f(a int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE a WHEN 1 THEN 'one' ELSE 'many' END; END; "
            + "CREATE TABLE t AS SELECT f(1) AS x;",
        "SELECT x FROM t",
        "one"
    )]
    [InlineData(
        "signs that drivers take for parameters",
        "CREATE TABLE t AS SELECT 'a'::text AS \"@x\", '{\"k\":1}'::jsonb ? 'k' AS q, E'it\\'s :x $1 ?;' AS e, $a$;@p$a$ AS d;",
        "SELECT q, e, d FROM t",
        "True|it's :x $1 ?;|;@p"
    )]
    [InlineData(
        "a set of rows, larger than a buffer",
        "SELECT repeat('x', 1000) FROM generate_series(1, 3000); CREATE TABLE t AS SELECT 1 AS a;",
        "SELECT a FROM t",
        "1"
    )]
    [InlineData(
        "a temporary table",
        "CREATE TEMP TABLE x ON COMMIT DROP AS SELECT 7 AS a; CREATE TABLE t AS SELECT a FROM x;",
        "SELECT a FROM t",
        "7"
    )]
    [InlineData("a notice", "DO $$BEGIN RAISE NOTICE 'hello'; END$$; CREATE TABLE t AS SELECT 1 AS a;", "SELECT a FROM t", "1")]
    [InlineData(
        "letters of all planes",
        "CREATE TABLE t AS SELECT 'café € 😀' AS \"naïve 😀\";",
        "SELECT \"naïve 😀\" FROM t",
        "café € 😀"
    )]
    public async Task A_script_may_hold(string what, string script, string query, string expected)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__it.sql", script);
        await bed.RunAsync("up");

        Assert.True(expected == (await bed.QueryAsync(query)).Single(), what);
    }

    [PostgresFact]
    public async Task What_a_script_sets_ends_with_it()
    {
        using var bed = await CreateBedAsync();
        // As pg_dump begins, and as people do.
        bed.Write(
            "V1__dump.sql",
            "SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE "
                + "public.a (id int); CREATE ROLE "
                + Role(bed)
                + "; SET ROLE "
                + Role(bed)
                + ";"
        );
        bed.Write(
            "V2__plain.sql",
            "CREATE TABLE b AS SELECT current_setting('lock_timeout') AS lock_timeout, current_setting('statement_timeout') AS "
                + "statement_timeout, current_user::text AS who;"
        );
        bed.Write("V3__apart.sql", "SET search_path = pg_catalog; SET lock_timeout = 0; VACUUM public.a;");
        bed.Assert("here.sql", "SELECT count(*) = 1 FROM b WHERE current_setting('lock_timeout') = '4s'");

        await bed.RunAsync("up --release r1 --statement-lock-timeout 4s --statement-timeout 90s");

        Assert.Equal(["4s|90s|postgres"], await bed.QueryAsync("SELECT * FROM b"));
        Assert.Equal(["postgres"], await bed.QueryAsync("SELECT DISTINCT installed_by FROM flyway_schema_history"));

        static string Role(Bed bed) => "role_" + new Uri(bed.Url).AbsolutePath[1..];
    }

    [PostgresFact]
    public async Task The_server_learns_soon_of_a_vanished_client_also_after_a_script()
    {
        using var bed = await CreateBedAsync();
        const string all =
            "concat_ws(' ', current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'), "
            + "current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout'), "
            + "current_setting('client_connection_check_interval'))";
        bed.Write("V1__a.sql", $"CREATE TABLE a AS SELECT {all} AS text; SET tcp_keepalives_idle = 7200;");
        bed.Write("V2__b.sql", $"INSERT INTO a SELECT {all};");

        await bed.RunAsync("up");

        Assert.Equal(["30 10 3 60000 5s", "30 10 3 60000 5s"], await bed.QueryAsync("SELECT text FROM a"));
    }

    [PostgresFact]
    public async Task The_log_has_a_line_for_each_script_and_one_for_all()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "SELECT 1;");
        bed.Write("V2__b.sql", "SELECT 1;");
        bed.Assert("two.sql", "SELECT true; SELECT count(*) = 2 FROM flyway_schema_history;");

        var lines = await bed.RunAsync("up");

        Assert.Equal(4, lines.Count);
        Assert.Matches(@"^V1__a\.sql: applied in \d+ ms$", lines[0]);
        Assert.Matches(@"^V2__b\.sql: applied in \d+ ms$", lines[1]);
        Assert.Equal(["done: 2 applied, the database is at version 2", "assertions: 2 passed"], lines.Skip(2));
    }
}

public sealed class UpTestsOnDebian() : UpTests(PostgresPackage.Debian);

public sealed class UpTestsOn18() : UpTests(PostgresPackage.Npm);
