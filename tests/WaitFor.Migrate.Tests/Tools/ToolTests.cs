using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Tools;

/// <summary>migrate exec around the migration tools of others: several at once, killed ones, failing ones. On the native binary and
/// PostgreSQL 18: their drivers have to know the newest server, and what the envelope asks of a server is tested on both
/// elsewhere.</summary>
public sealed class ToolTests
{
    private const int Barrier = 7;
    private const string AtTheBarrier =
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' AND query LIKE "
        + "'%pg_advisory_xact_lock(7)%')";
    private const string EnvelopeLocks =
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE locktype = 'advisory' AND l.database = a.datid AND "
        + "a.datname = current_database() AND a.application_name LIKE 'migrate exec r_'";

    public static TheoryData<string> Names => ["dbmate", "node-pg-migrate", "alembic", "liquibase", "prisma"];

    [ToolTheory]
    [MemberData(nameof(Names))]
    public async Task Five_at_once_run_each_migration_exactly_once(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        var runs = Enumerable.Range(0, 5).Select(_ => tool.Start(bed, "r1")).ToList();
        try
        {
            // One works, and cannot end before the four others have said for whom they wait.
            await Poll.UntilAsync(
                "four that wait",
                TimeSpan.FromMinutes(3),
                _ => Task.FromResult(runs.Count(run => run.Log.Contains("waiting for the lock: backend", StringComparison.Ordinal)) == 4),
                CancellationToken.None
            );
            await bed.UntilAsync(AtTheBarrier);
            await barrier.DisposeAsync();
            var ends = await Task.WhenAll(runs.Select(async run => (ExitCode: await run.ExitAsync(), run.Log)));

            Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
            Assert.Equal(
                4,
                ends.Count(end =>
                    System.Text.RegularExpressions.Regex.IsMatch(
                        end.Log,
                        @"waiting for the lock: backend \d+ \(migrate exec r1, user postgres, connected since .+\) holds it"
                    )
                )
            );
        }
        finally
        {
            await Task.WhenAll(runs.Select(run => run.DisposeAsync().AsTask()));
        }

        Assert.Equal(["1", "2", "3"], await bed.QueryAsync("SELECT step FROM seen.steps ORDER BY at"));
        Assert.Equal(["succeeded|5"], await bed.QueryAsync($"SELECT status, count(*) FROM {Log(tool)} GROUP BY 1"));
    }

    [ToolTheory]
    [MemberData(nameof(Names))]
    public async Task SIGTERM_ends_the_tool_and_a_rerun_ends_in_the_schema_of_an_undisturbed_run(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        await using (var run = tool.Start(bed, "r1"))
        {
            await bed.UntilAsync(AtTheBarrier);
            run.Signal(15);
            await EndedAsync(run);

            // Nor is the tool behind its wrapper: it would work on without the lock.
            Assert.Empty(Processes.With(bed.Sql));
            Assert.True(await run.ExitAsync() == 143, run.Log);
        }

        // A shell script, as Liquibase's, ends with the code of what it started.
        var reason = (await File.ReadAllTextAsync(bed.TerminationLog)).Split(':')[0];
        Assert.True(reason == $"{name} was ended by signal 15" || reason == $"{name} ended with exit code 143", reason);
        Assert.Equal(["interrupted|True"], await bed.QueryAsync($"SELECT status, finished_at IS NOT NULL FROM {Log(tool)}"));
        Assert.Equal(["0"], await bed.QueryAsync(EnvelopeLocks));

        // The server has not noticed yet.
        var recover = tool.Recover(bed);
        await using var next = tool.Start(bed, "r2", recover);
        await next.LogsAsync("of an earlier run, which is still running");
        Assert.True(next.Running);
        await barrier.DisposeAsync();
        Assert.True(await next.ExitAsync() == 0, next.Log);
        if (recover is not null)
        {
            var (exitCode, log) = await tool.RunAsync(bed, "r2");
            Assert.True(exitCode == 0, log);
        }

        await UndisturbedAsync(tool, bed);
    }

    [ToolTheory]
    [MemberData(nameof(Names))]
    public async Task After_SIGKILL_the_next_run_waits_for_the_tool_that_works_on(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        await using (var run = tool.Start(bed, "r1"))
        {
            await bed.UntilAsync(AtTheBarrier);
            run.Signal(9);
            await EndedAsync(run);
        }

        await using var next = tool.Start(bed, "r2");
        await next.LogsAsync("of an earlier run, which is still running");
        Assert.True(next.Running);
        await barrier.DisposeAsync();
        Assert.True(await next.ExitAsync() == 0, next.Log);

        // The tool came to its end, or lost its output first; either way nothing ran twice, and nothing is missing.
        await UndisturbedAsync(tool, bed);
        Assert.Equal(["r2|succeeded"], await bed.QueryAsync($"SELECT app_version, status FROM {Log(tool)} WHERE app_version = 'r2'"));
    }

    [ToolTheory]
    [InlineData("dbmate", "pq: relation \"nowhere\" does not exist")]
    [InlineData("node-pg-migrate", "error: relation \"nowhere\" does not exist")]
    [InlineData("alembic", "sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation \"nowhere\" does not exist")]
    [InlineData("liquibase", "ERROR: relation \"nowhere\" does not exist")]
    // The engine over the driver pg puts the reason on the next line.
    [InlineData("prisma", "Error: external connector error")]
    public async Task A_failing_migration_keeps_the_tools_exit_code_and_leaves_its_words(string name, string words)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        tool.Write(bed, 4, "INSERT INTO nowhere VALUES (1);");
        var (exitCode, log) = await tool.RunAsync(bed, "r1");

        Assert.True(tool.Failed == exitCode, log);
        var reason = await File.ReadAllLinesAsync(bed.TerminationLog);
        var first = reason[0];
        Assert.StartsWith(
            $"{name} ended with exit code {tool.Failed.ToString(CultureInfo.InvariantCulture)}: ",
            first,
            StringComparison.Ordinal
        );
        Assert.True(first.Contains(words, StringComparison.Ordinal), log);
        Assert.Contains(reason, line => line.Contains("nowhere", StringComparison.Ordinal));
        Assert.Equal(["failed"], await bed.QueryAsync($"SELECT status FROM {Log(tool)}"));
    }

    [ToolTheory]
    [InlineData("dbmate", "")]
    [InlineData("dbmate", "?application_name=shop&connect_timeout=30")]
    [InlineData("node-pg-migrate", "")]
    [InlineData("node-pg-migrate", "?connect_timeout=30&application_name=shop")]
    [InlineData("alembic", "?application_name=shop&connect_timeout=30")]
    [InlineData("liquibase", "")]
    [InlineData("prisma", "?application_name=shop")]
    public async Task Its_connections_carry_the_name_by_which_the_next_run_finds_them(string name, string parameters)
    {
        var tool = Tool.Of(name);
        using var bed = await Bed.CreateAsync(PostgresPackage.Npm);
        tool.Write(bed, 1, "CREATE TABLE names AS SELECT current_setting('application_name') AS name;");
        await using var run = bed.Start(
            tool.Exec("v42-é"),
            new Dictionary<string, string>(tool.Variables(bed)) { ["DATABASE_URL"] = bed.Url + parameters, ["PGAPPNAME"] = "shop" },
            tool.Command(bed)
        );

        Assert.True(await run.ExitAsync() == 0, run.Log);
        Assert.Equal([$"migrate exec in {tool.Schema ?? "public"}: v42-?"], await bed.QueryAsync("SELECT name FROM names"));
    }

    private static string Log(Tool tool) => $"{tool.Schema ?? "public"}.schema_deployment_log";

    /// <summary>A rerun's end is compared with its own run, in another database.</summary>
    private static async Task UndisturbedAsync(Tool tool, Bed bed)
    {
        using var undisturbed = await PrepareAsync(tool);
        var (exitCode, log) = await tool.RunAsync(undisturbed, "r1");
        Assert.True(exitCode == 0, log);
        Assert.Equal(await undisturbed.DumpAsync(), await bed.DumpAsync());
        foreach (var sql in new[] { tool.Applied, "SELECT step FROM seen.steps ORDER BY at" })
            Assert.Equal(await undisturbed.QueryAsync(sql), await bed.QueryAsync(sql));
    }

    private static async Task<Bed> PrepareAsync(Tool tool)
    {
        var bed = await Bed.CreateAsync(PostgresPackage.Npm);
        await bed.ExecuteAsync("CREATE SCHEMA seen; CREATE TABLE seen.steps (step int, at timestamptz DEFAULT clock_timestamp())");
        tool.Write(bed, 1, "INSERT INTO seen.steps VALUES (1); CREATE TABLE users (id int, name text);");
        tool.Write(
            bed,
            2,
            $"INSERT INTO seen.steps VALUES (2); SELECT pg_advisory_xact_lock({Barrier}); CREATE INDEX users_name ON users (name);"
        );
        tool.Write(bed, 3, "INSERT INTO seen.steps VALUES (3); ALTER TABLE users ADD seen int;");
        return bed;
    }

    /// <summary>Holds up the second migration for as long as the connection is open.</summary>
    private static async Task<Npgsql.NpgsqlConnection> RaiseAsync(Bed bed)
    {
        var connection = await bed.ConnectAsync();
        await using var command = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_lock({Barrier})", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static Task EndedAsync(NativeGate run) =>
        Poll.UntilAsync("its end", TimeSpan.FromMinutes(3), _ => Task.FromResult(!run.Running), CancellationToken.None);
}
