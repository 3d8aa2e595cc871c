using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests;

/// <summary>info, plan, validate and repair: exact texts.</summary>
public sealed class HistoryCommandTests
{
    [NativeFact]
    public async Task Info_is_a_table_of_history_and_what_is_pending()
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE TABLE old (id int)");
        await bed.RunAsync("baseline");
        bed.Write("V1__old.sql", "SELECT 1;");
        bed.Write("V2__applied.sql", "SELECT 2;");
        bed.Write("V4__changed.sql", "SELECT 4;");
        bed.Write("V5__gone.sql", "SELECT 5;");
        bed.Write("V6__applied.sql", "SELECT 6;");
        bed.Write("V9__newer.sql", "SELECT 9;");
        bed.Write("R__view.sql", "SELECT 'r';");
        await bed.RunAsync("up");
        await bed.ExecuteAsync("UPDATE flyway_schema_history SET installed_on = '2026-11-20 10:00:00.5'");
        bed.Write("V3__late.sql", "SELECT 3;");
        bed.Write("V4__changed.sql", "SELECT 44;");
        File.Delete(Path.Combine(bed.Sql, "V5__gone.sql"));
        File.Delete(Path.Combine(bed.Sql, "V9__newer.sql"));
        bed.Write("V10__pending.sql", "SELECT 10;");
        File.Delete(Path.Combine(bed.Sql, "V10__pending.sql"));
        bed.Write("R__view.sql", "SELECT 'r2';");

        var end = await bed.NativeAsync("info");

        Assert.Equal(0, end.ExitCode);
        Assert.Equal(
            """
            VERSION  DESCRIPTION            TYPE      INSTALLED ON         STATE
            1        << Flyway Baseline >>  BASELINE  2026-11-20 10:00:00  Baseline
            2        applied                SQL       2026-11-20 10:00:00  Applied
            4        changed                SQL       2026-11-20 10:00:00  Changed
            5        gone                   SQL       2026-11-20 10:00:00  Missing
            6        applied                SQL       2026-11-20 10:00:00  Applied
            9        newer                  SQL       2026-11-20 10:00:00  Future
                     view                   SQL       2026-11-20 10:00:00  Changed
            1        old                    SQL                            Below baseline
            3        late                   SQL                            Out of order
                     view                   SQL                            Pending

            """,
            end.Output
        );
    }

    [NativeFact]
    public async Task Plan_prints_the_statements_and_touches_nothing()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__a.sql", "-- first\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1)\n  ;");
        bed.Write("V2__b.sql", "CREATE INDEX CONCURRENTLY i ON a (id);");
        var before = await bed.DumpAsync();

        var end = await bed.NativeAsync("plan");

        Assert.Equal(
            """
            2 to apply

            -- V1__a.sql (one transaction)
            CREATE TABLE a (id int);
            INSERT INTO a VALUES (1);

            -- V2__b.sql (statement by statement)
            CREATE INDEX CONCURRENTLY i ON a (id);

            """,
            end.Output
        );
        Assert.Equal(("", 0), (end.Log, end.ExitCode));
        Assert.Equal(before, await bed.DumpAsync());
        await bed.RunAsync("up");
        Assert.Equal("nothing to do\n", (await bed.NativeAsync("plan")).Output);
    }

    [PostgresFact]
    public async Task Validate_tells_all_that_does_not_fit()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__a.sql", "SELECT 1;");
        bed.Write("V3__c.sql", "SELECT 3;");
        await bed.RunAsync("up");
        bed.Write("V4__d.sql", "SELECT 4;");
        Assert.Equal((0, "valid: 2 applied, 1 pending"), await bed.EndAsync("validate"));
        bed.Write("V1__a.sql", "SELECT 11;");
        bed.Write("V2__b.sql", "SELECT 2;");

        Assert.Equal(
            (
                4,
                $"V1__a.sql: the file was changed after it was applied (checksum {Checksum.Of("SELECT 1;")} then, "
                    + $"{Checksum.Of("SELECT 11;")} now); restore it and write a new script, or "
                    + "run migrate repair if the database has the change\n"
                    + "V2__b.sql: version 2 is out of order: 3 is applied already; give it a version above 3, or allow it with "
                    + "--out-of-order"
            ),
            await bed.EndAsync("validate")
        );
    }

    [PostgresFact]
    public async Task Plan_and_validate_end_as_up_would_on_a_schema_in_use()
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE TABLE old (id int)");
        bed.Write("V1__old.sql", "CREATE TABLE old (id int);");
        bed.Write("V2__new.sql", "CREATE TABLE new (id int);");
        var refused = await bed.EndAsync("up");

        Assert.Equal(4, refused.ExitCode);
        Assert.Equal(refused, await bed.EndAsync("plan"));
        Assert.Equal(refused, await bed.EndAsync("validate"));
        Assert.Equal((0, "valid: 0 applied, 1 pending"), await bed.EndAsync("validate --baseline-on-migrate"));
        Assert.Equal(["False"], await bed.QueryAsync("SELECT to_regclass('flyway_schema_history') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task Repair_removes_failed_rows_takes_over_changes_and_marks_what_is_gone()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__a.sql", "CREATE TABLE a (id int);");
        bed.Write("V2__b.sql", "CREATE TABLE b (id int);");
        bed.Write("V3__c.sql", "CREATE TABLE c (id int);");
        await bed.RunAsync("up");
        // As another tool leaves a script that stopped half way.
        await bed.ExecuteAsync(
            "INSERT INTO flyway_schema_history VALUES (4, '4', 'd', 'SQL', 'V4__d.sql', 7, 'postgres', now(), 1, false)"
        );
        bed.Write("V1__a.sql", "CREATE TABLE a (id bigint);");
        File.Move(Path.Combine(bed.Sql, "V2__b.sql"), Path.Combine(bed.Sql, "V2__new_name.sql"));
        bed.Write("V4__d.sql", "CREATE TABLE d (id int);");
        Assert.Equal(4, (await bed.EndAsync("up")).ExitCode);

        Assert.Equal(
            [
                "removed: the failed row of V4__d.sql",
                $"updated: V1__a.sql, checksum {Checksum.Of("CREATE TABLE a (id bigint);")}",
                $"updated: V2__new_name.sql, checksum {Checksum.Of("CREATE TABLE b (id int);")}",
                "repaired",
            ],
            await bed.RunAsync("repair")
        );
        await bed.RunAsync("up");
        Assert.Equal(["1|V1__a.sql|True", "2|V2__b.sql|True", "3|V3__c.sql|True", "4|V4__d.sql|True"], await bed.HistoryAsync());

        File.Delete(Path.Combine(bed.Sql, "V2__new_name.sql"));
        Assert.Equal(["marked as deleted: V2__b.sql", "repaired"], await bed.RunAsync("repair"));
        Assert.Equal(
            ["2|new name|DELETE|V2__b.sql|True"],
            await bed.QueryAsync("SELECT version, description, type, script, success FROM flyway_schema_history WHERE installed_rank = 5")
        );
        Assert.Equal((0, "valid: 3 applied, 0 pending"), await bed.EndAsync("validate"));
    }

    [PostgresFact]
    public async Task Repair_without_a_history_does_nothing()
    {
        using var bed = await Bed.CreateAsync();
        Assert.Equal(["there is no history table \"public\".\"flyway_schema_history\": nothing to repair"], await bed.RunAsync("repair"));
    }
}
