using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Flyway's habits: placeholders, schemas, baselines, order, repeatable scripts.</summary>
public abstract class FlywayTests(PostgresPackage package) : ServerTests(package)
{
    [PostgresFact]
    public async Task Placeholders_are_replaced_and_versioned_checksums_are_of_the_raw_text()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE ${Name} (id int);");
        bed.Write("V2__raw.sql", "COMMENT ON TABLE users IS '${stays}';");
        bed.Write("V2__raw.sql.conf", "placeholderReplacement=false");
        await bed.RunAsync("up --placeholder name=users");

        Assert.Equal(["${stays}"], await bed.QueryAsync("SELECT obj_description('users'::regclass)"));
        Assert.Equal(
            [$"{Checksum.Of("CREATE TABLE ${Name} (id int);")}"],
            await bed.QueryAsync("SELECT checksum FROM flyway_schema_history WHERE version = '1'")
        );
        Assert.Equal(["nothing to do: the database is at version 2"], await bed.RunAsync("up --placeholder name=other"));
    }

    [PostgresFact]
    public async Task A_schema_is_made_recorded_and_first_in_the_search_path()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__t.sql", "CREATE TABLE t AS SELECT current_setting('search_path') AS path;");
        bed.Write("V2__apart.sql", "VACUUM t;");
        await bed.RunAsync("up --schema My-App --table versions --release r");

        Assert.Equal(
            ["0||<< Flyway Schema Creation >>|SCHEMA|\"My-App\"||0|True", "1|1|t|SQL|V1__t.sql", "2|2|apart|SQL|V2__apart.sql"],
            (
                await bed.QueryAsync(
                    "SELECT installed_rank, version, description, type, script, checksum, execution_time, success FROM "
                        + "\"My-App\".versions ORDER BY installed_rank"
                )
            ).Select((row, index) => index == 0 ? row : string.Join('|', row.Split('|').Take(5)))
        );
        Assert.Equal(["\"My-App\",\"$user\", public"], await bed.QueryAsync("SELECT path FROM \"My-App\".t"));
        Assert.Equal(
            ["versions_pk", "versions_s_idx"],
            await bed.QueryAsync("SELECT indexname FROM pg_indexes WHERE tablename = 'versions' ORDER BY 1")
        );
        Assert.Equal(
            ["migrate_journal", "schema_deployment_log", "t", "versions"],
            await bed.QueryAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'My-App' ORDER BY 1")
        );
        Assert.Empty(await bed.QueryAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"));
        Assert.Equal(["nothing to do: the database is at version 2"], await bed.RunAsync("up --schema My-App --table versions"));
    }

    [PostgresTheory]
    [InlineData("CREATE TABLE t (id int)")]
    [InlineData("CREATE VIEW v AS SELECT 1")]
    [InlineData("CREATE SEQUENCE s")]
    [InlineData("CREATE TYPE mood AS ENUM ('good')")]
    [InlineData("CREATE DOMAIN posint AS int CHECK (value > 0)")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    public async Task A_schema_in_use_without_a_history_is_refused(string before)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync(before);
        bed.Write("V1__x.sql", "CREATE TABLE x (id int);");
        var dump = await bed.DumpAsync();

        var (exitCode, message) = await bed.EndAsync("up --release r1");

        Assert.Equal(4, exitCode);
        Assert.Equal(
            "the schema public is in use, but has no history table \"public\".\"flyway_schema_history\": migrate does not know "
                + "which scripts were applied; run migrate baseline --baseline-version V, or give --baseline-on-migrate",
            message
        );
        Assert.Equal(dump, await bed.DumpAsync());
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('schema_deployment_log') IS NOT NULL"));
    }

    [PostgresTheory]
    [InlineData("CREATE EXTENSION pg_trgm", true)]
    [InlineData("SELECT 1", false)]
    public async Task Extensions_and_our_own_tables_do_not_count_as_use(string before, bool isExtension)
    {
        using var bed = await CreateBedAsync();
        if (!isExtension)
        {
            bed.Write("V1__x.sql", "VACUUM pg_class; BROKEN;");
            Assert.Equal(1, (await bed.EndAsync("up --release r1")).ExitCode);
            await bed.ExecuteAsync("DROP TABLE flyway_schema_history");
            bed.Write("V1__x.sql", "VACUUM pg_class; CREATE TABLE x (id int);");
        }
        else if ((await bed.QueryAsync("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"))[0] == "0")
        {
            before = "CREATE SCHEMA unrelated";
        }

        await bed.ExecuteAsync(before);
        Assert.Equal(0, (await bed.EndAsync("up --release r1")).ExitCode);
    }

    [PostgresFact]
    public async Task A_baseline_is_told_once_and_what_is_below_does_not_run()
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE old (id int)");
        bed.Write("V1__old.sql", "CREATE TABLE old (id int);");
        bed.Write("V2__old.sql", "BROKEN");
        bed.Write("V3__new.sql", "CREATE TABLE new (id int);");

        await bed.RunAsync("baseline --baseline-version 2");
        Assert.Equal(
            ["\"public\".\"flyway_schema_history\" has this baseline already"],
            await bed.RunAsync("baseline --baseline-version 2")
        );
        await bed.RunAsync("up");

        Assert.Equal(
            ["1|2|<< Flyway Baseline >>|BASELINE|<< Flyway Baseline >>||postgres|0|True", "2|3|new|SQL|V3__new.sql"],
            (
                await bed.QueryAsync(
                    "SELECT installed_rank, version, description, type, script, checksum, installed_by, execution_time, success FROM "
                        + "flyway_schema_history ORDER BY installed_rank"
                )
            ).Select((row, index) => index == 0 ? row : string.Join('|', row.Split('|').Take(5)))
        );
        Assert.Equal(
            (
                4,
                "\"public\".\"flyway_schema_history\" has a baseline already, at version 2 (\"<< Flyway Baseline >>\"); leave it, or give "
                    + "the same"
            ),
            await bed.EndAsync("baseline --baseline-version 3")
        );
    }

    [PostgresFact]
    public async Task Baseline_on_migrate_is_for_a_schema_in_use_only()
    {
        using var bed = await CreateBedAsync();
        using var empty = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE old (id int)");
        foreach (var each in new[] { bed, empty })
        {
            each.Write("V1__a.sql", "CREATE TABLE a (id int);");
            each.Write("V2__b.sql", "CREATE TABLE b (id int);");
            await each.RunAsync("up --baseline-on-migrate");
        }

        Assert.Equal(["1|<< Flyway Baseline >>|True", "2|V2__b.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["1|V1__a.sql|True", "2|V2__b.sql|True"], await empty.HistoryAsync());
    }

    [PostgresTheory]
    [InlineData("up --baseline-on-migrate")]
    [InlineData("baseline")]
    public async Task A_baseline_that_cannot_be_written_leaves_no_table(string command)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE old (id int)");
        var before = await bed.DumpAsync();

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => bed.RunAsync($"{command} --baseline-description {new string('x', 201)}"));

        Assert.Equal(before, await bed.DumpAsync());
    }

    [PostgresFact]
    public async Task A_baseline_script_takes_the_place_of_older_ones_on_an_empty_database()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "BROKEN");
        bed.Write("B2__both.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);");
        bed.Write("V2__b.sql", "BROKEN");
        bed.Write("V3__c.sql", "CREATE TABLE c (id int);");
        await bed.RunAsync("up");

        Assert.Equal(
            ["2|B2__both.sql|SQL_BASELINE", "3|V3__c.sql|SQL"],
            await bed.QueryAsync("SELECT version, script, type FROM flyway_schema_history ORDER BY installed_rank")
        );
        Assert.Equal(["nothing to do: the database is at version 3"], await bed.RunAsync("up"));
    }

    [PostgresFact]
    public async Task Out_of_order_is_refused_unless_it_is_allowed()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        bed.Write("V3__c.sql", "CREATE TABLE c (id int);");
        await bed.RunAsync("up");
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        var before = await bed.DumpAsync();

        Assert.Equal(
            (
                4,
                "V2__b.sql: version 2 is out of order: 3 is applied already; give it a version above 3, or allow it with "
                    + "--out-of-order"
            ),
            await bed.EndAsync("up")
        );
        Assert.Equal(before, await bed.DumpAsync());

        await bed.RunAsync("up --out-of-order");
        Assert.Equal(["1|V1__a.sql|True", "3|V3__c.sql|True", "2|V2__b.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task An_edited_file_is_refused_until_repaired()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        await bed.RunAsync("up");
        bed.Write("V1__a.sql", "CREATE TABLE a (id bigint);");
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        var (old, now) = (Checksum.Of("CREATE TABLE a (id int);"), Checksum.Of("CREATE TABLE a (id bigint);"));

        Assert.Equal(
            (
                4,
                $"V1__a.sql: the file was changed after it was applied (checksum {old} then, {now} now); restore it and write a new "
                    + "script, or run migrate repair if the database has the change"
            ),
            await bed.EndAsync("up")
        );
        Assert.Equal(["1|V1__a.sql|True"], await bed.HistoryAsync());

        Assert.Equal([$"updated: V1__a.sql, checksum {now}", "repaired"], await bed.RunAsync("repair"));
        await bed.RunAsync("up");
        Assert.Equal(["1|V1__a.sql|True", "2|V2__b.sql|True"], await bed.HistoryAsync());
    }

    [PostgresFact]
    public async Task Line_ends_and_a_byte_order_mark_are_no_change()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a\n(id int);\n");
        await bed.RunAsync("up");
        bed.Write("V1__a.sql", "\uFEFFCREATE TABLE a\r\n(id int);");

        Assert.Equal(0, (await bed.EndAsync("up")).ExitCode);
    }

    [PostgresFact]
    public async Task Repeatable_scripts_run_again_when_they_or_their_placeholders_change()
    {
        using var bed = await CreateBedAsync();
        bed.Write("R__b.sql", "CREATE OR REPLACE VIEW b AS SELECT * FROM a;");
        bed.Write("R__a.sql", "CREATE OR REPLACE VIEW a AS SELECT '${who}'::text AS who;");
        await bed.RunAsync("up --placeholder who=me");
        Assert.Equal(["nothing to do: there are no pending scripts"], await bed.RunAsync("up --placeholder who=me"));
        await bed.RunAsync("up --placeholder who=you");
        bed.Write("R__b.sql", "CREATE OR REPLACE VIEW b AS SELECT who FROM a;");
        await bed.RunAsync("up --placeholder who=you");
        await bed.RunAsync("up --placeholder who=me");

        Assert.Equal(["|R__a.sql|True", "|R__b.sql|True", "|R__a.sql|True", "|R__b.sql|True", "|R__a.sql|True"], await bed.HistoryAsync());
        Assert.Equal(["me"], await bed.QueryAsync("SELECT who FROM b"));
    }

    [PostgresFact]
    public async Task A_newer_database_is_warned_of_and_left_alone()
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        await bed.RunAsync("up");
        File.Delete(Path.Combine(bed.Sql, "V2__b.sql"));

        Assert.Equal(
            [
                "warning: version 2 (V2__b.sql) was applied by a newer release: this release is older than its database",
                "nothing to do: the database is at version 2",
            ],
            await bed.RunAsync("up")
        );
    }

    [PostgresTheory]
    [InlineData("COPY t FROM stdin;\n1\n")]
    [InlineData("\\set x\nSELECT 1;")]
    [InlineData("PREPARE TRANSACTION 'x';")]
    [InlineData("SELECT '${none}';")]
    public async Task What_is_not_to_run_here_is_not_judged(string text)
    {
        using var bed = await CreateBedAsync();
        await bed.ExecuteAsync("CREATE TABLE t (id int)");
        bed.Write("V1__dump.sql", text);
        bed.Write("V2__next.sql", "ALTER TABLE t ADD name text;");
        Assert.Equal((0, "valid: 0 applied, 1 pending"), await bed.EndAsync("validate --baseline-on-migrate"));
        await bed.RunAsync("up --baseline-on-migrate");
        // As another tool has applied it.
        await bed.ExecuteAsync(
            $"INSERT INTO flyway_schema_history VALUES (3, '3', 'data', 'SQL', 'V3__data.sql', {Checksum.Of(text)}, 'flyway', now(), "
                + "1, true)"
        );
        bed.Write("V3__data.sql", text);
        bed.Write("V4__last.sql", "ALTER TABLE t ADD age int;");
        await bed.RunAsync("up");
        Assert.Equal(["2|V2__next.sql|True", "3|V3__data.sql|True", "4|V4__last.sql|True"], (await bed.HistoryAsync()).Skip(1));

        bed.Write("V5__bad.sql", text);
        var refused = await bed.EndAsync("up");
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("V5__bad.sql, line 1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused, await bed.EndAsync("validate"));
        Assert.Equal(0, (await bed.EndAsync("info")).ExitCode);
    }
}

public sealed class FlywayTestsOnDebian() : FlywayTests(PostgresPackage.Debian);

public sealed class FlywayTestsOn18() : FlywayTests(PostgresPackage.Npm);
