using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>migrate exec around dbmate and node-pg-migrate: several at once, killed ones, failing ones. On the native binary.</summary>
public sealed class ToolTests
{
    private const int Barrier = 7;
    private const string AtTheBarrier =
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory')";
    private const string EnvelopeLocks =
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE locktype = 'advisory' AND l.database = a.datid AND "
        + "a.datname = current_database() AND a.application_name LIKE 'migrate exec r_'";

    [ToolTheory]
    [InlineData("dbmate")]
    [InlineData("node-pg-migrate")]
    public async Task Five_at_once_run_each_migration_exactly_once(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        var runs = Enumerable.Range(0, 5).Select(_ => bed.Start("exec --release r1", tool.Command(bed))).ToList();
        try
        {
            // One works, and cannot end before the four others have said for whom they wait.
            await Poll.UntilAsync(
                "four that wait",
                TimeSpan.FromSeconds(60),
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

        Assert.Equal(["1", "2", "3"], await bed.QueryAsync("SELECT step FROM steps ORDER BY at"));
        Assert.Equal(["succeeded|5"], await bed.QueryAsync("SELECT status, count(*) FROM schema_deployment_log GROUP BY 1"));
    }

    [ToolTheory]
    [InlineData("dbmate")]
    [InlineData("node-pg-migrate")]
    public async Task SIGTERM_ends_the_tool_and_a_rerun_ends_in_the_schema_of_an_undisturbed_run(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        await using (var run = bed.Start("exec --release r1", tool.Command(bed)))
        {
            await bed.UntilAsync(AtTheBarrier);
            run.Signal(15);
            await EndedAsync(run);

            // Nor is the tool behind its wrapper: it would work on without the lock.
            Assert.Empty(Processes.With(bed.Sql));
            Assert.Equal(143, await run.ExitAsync());
        }

        Assert.StartsWith($"{name} was ended by signal 15", await File.ReadAllTextAsync(bed.TerminationLog), StringComparison.Ordinal);
        Assert.Equal(["interrupted|True"], await bed.QueryAsync("SELECT status, finished_at IS NOT NULL FROM schema_deployment_log"));
        Assert.Equal(["0"], await bed.QueryAsync(EnvelopeLocks));

        // The server has not noticed yet.
        await using var next = bed.Start("exec --release r2", tool.Command(bed));
        await next.LogsAsync("of an earlier run, which is still at work");
        Assert.True(next.Running);
        await barrier.DisposeAsync();
        Assert.True(await next.ExitAsync() == 0, next.Log);
        await UndisturbedAsync(tool, bed);
    }

    [ToolTheory]
    [InlineData("dbmate")]
    [InlineData("node-pg-migrate")]
    public async Task After_SIGKILL_the_next_run_waits_for_the_tool_that_works_on(string name)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        await using var barrier = await RaiseAsync(bed);
        await using (var run = bed.Start("exec --release r1", tool.Command(bed)))
        {
            await bed.UntilAsync(AtTheBarrier);
            run.Signal(9);
            await EndedAsync(run);
        }

        Assert.NotEmpty(Processes.With(bed.Sql));
        await using var next = bed.Start("exec --release r2", tool.Command(bed));
        await next.LogsAsync("of an earlier run, which is still at work");
        Assert.True(next.Running);
        await barrier.DisposeAsync();
        Assert.True(await next.ExitAsync() == 0, next.Log);

        // The tool came to its end, or lost its output first; either way nothing ran twice, and nothing is missing.
        await UndisturbedAsync(tool, bed);
        Assert.Equal(
            ["r2|succeeded"],
            await bed.QueryAsync("SELECT app_version, status FROM schema_deployment_log WHERE app_version = 'r2'")
        );
    }

    [ToolTheory]
    [InlineData("dbmate", "pq: relation \"nowhere\" does not exist")]
    [InlineData("node-pg-migrate", "error: relation \"nowhere\" does not exist")]
    public async Task A_failing_migration_keeps_the_tools_exit_code_and_leaves_its_words(string name, string words)
    {
        var tool = Tool.Of(name);
        using var bed = await PrepareAsync(tool);
        tool.Write(bed, 4, "INSERT INTO nowhere VALUES (1);");
        var (exitCode, _, log) = await bed.NativeAsync("exec --release r1", tool.Command(bed));

        Assert.True(tool.Failed == exitCode, log);
        var first = (await File.ReadAllLinesAsync(bed.TerminationLog))[0];
        Assert.StartsWith(
            $"{name} ended with exit code {tool.Failed.ToString(CultureInfo.InvariantCulture)}: ",
            first,
            StringComparison.Ordinal
        );
        Assert.Contains(words, first, StringComparison.Ordinal);
        Assert.Equal(["failed"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [ToolTheory]
    [InlineData("dbmate", "")]
    [InlineData("dbmate", "?application_name=shop&connect_timeout=30")]
    [InlineData("node-pg-migrate", "")]
    [InlineData("node-pg-migrate", "?connect_timeout=30&application_name=shop")]
    public async Task Its_connections_carry_the_name_by_which_the_next_run_finds_them(string name, string parameters)
    {
        var tool = Tool.Of(name);
        using var bed = await Bed.CreateAsync();
        tool.Write(bed, 1, "CREATE TABLE names AS SELECT current_setting('application_name') AS name;");
        await using var run = bed.Start(
            "exec --release v42-é",
            new Dictionary<string, string> { ["DATABASE_URL"] = bed.Url + parameters, ["PGAPPNAME"] = "shop" },
            tool.Command(bed)
        );

        Assert.True(await run.ExitAsync() == 0, run.Log);
        Assert.Equal(["migrate exec in public: v42-?"], await bed.QueryAsync("SELECT name FROM names"));
    }

    /// <summary>A rerun's end is compared with a run of its own, in another database.</summary>
    private static async Task UndisturbedAsync(Tool tool, Bed bed)
    {
        using var undisturbed = await PrepareAsync(tool);
        var (exitCode, _, log) = await undisturbed.NativeAsync("exec --release r1", tool.Command(undisturbed));
        Assert.True(exitCode == 0, log);
        Assert.Equal(await undisturbed.DumpAsync(), await bed.DumpAsync());
        foreach (var sql in new[] { tool.Applied, "SELECT step FROM steps ORDER BY at" })
            Assert.Equal(await undisturbed.QueryAsync(sql), await bed.QueryAsync(sql));
    }

    private static async Task<Bed> PrepareAsync(Tool tool)
    {
        var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE TABLE steps (step int, at timestamptz DEFAULT clock_timestamp())");
        tool.Write(bed, 1, "INSERT INTO steps VALUES (1); CREATE TABLE users (id int, name text);");
        tool.Write(
            bed,
            2,
            $"INSERT INTO steps VALUES (2); SELECT pg_advisory_xact_lock({Barrier}); CREATE INDEX users_name ON users (name);"
        );
        tool.Write(bed, 3, "INSERT INTO steps VALUES (3); ALTER TABLE users ADD seen int;");
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
        Poll.UntilAsync("its end", TimeSpan.FromSeconds(60), _ => Task.FromResult(!run.Running), CancellationToken.None);
}
