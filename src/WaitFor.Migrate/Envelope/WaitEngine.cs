using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Envelope;

/// <summary>The gate that needs no RBAC: waits until the database itself says that it is far enough. There is nothing to watch in a
/// database: it is asked every few seconds.</summary>
internal sealed class WaitEngine(Database database, MigrateOptions options, TimeProvider time, Random random, ILogger log)
{
    /// <summary>The exit code of timeout(1), as the gate's.</summary>

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The last try gets that long at least.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Waits.</summary>
    /// <exception cref="MigrationException">The time is over.</exception>
    /// <exception cref="ConnectionException">The server refuses.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        string? told = null;
        while (true)
        {
            string? state;
            try
            {
                state = await AskAsync(start, cancel);
            }
            catch (ConnectionException exception) when (exception.MayPass)
            {
                state = exception.Message;
            }

            if (state is null)
            {
                var what = (options.Release, options.Version) switch
                {
                    ({ } release, { } version) => $"release {release} is recorded as succeeded, version {version} is reached",
                    ({ } release, null) => $"release {release} is recorded as succeeded",
                    (_, var version) => $"version {version} is reached",
                };
                log.LogInformation("ready: {What}", what);
                return;
            }

            if (options.Timeout > TimeSpan.Zero && time.GetElapsedTime(start) >= options.Timeout)
                throw new MigrationException(
                    ExitCode.TimedOut,
                    $"timed out after {GoDuration.Format(options.Timeout)}: {state}; look at the migration Job and its log"
                );
            if (state != told)
                log.LogInformation("waiting: {State}", state);
            told = state;
            // Random, so that the pods of a Deployment do not ask together.
            await Task.Delay(Interval * (0.75 + (random.NextDouble() / 2)), time, cancel);
        }
    }

    /// <summary>Asks once. A server that never answers must not hold it beyond its time.</summary>
    private async Task<string?> AskAsync(long start, CancellationToken cancel)
    {
        var left = options.Timeout - time.GetElapsedTime(start);
        TimeSpan? limit =
            options.Timeout == TimeSpan.Zero ? null
            : left > Shortest ? left
            : Shortest;
        var session = await database.OpenAsync(cancel, limit);
        using var timer = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
        // As in Database: Npgsql's own cancellation may take as long as it likes.
        var apart = new CancellationTokenSource();
        await using var registration = both.Token.UnsafeRegister(_ => _ = apart.CancelAsync(), null);
        var asking = AskAndCloseAsync(session, apart.Token);
        try
        {
            return await asking.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return $"{database.Name}: waited {GoDuration.Format(limit!.Value)} without success for the answer to a query; check the "
                + "server's load, and who locks the tables";
        }
    }

    private async Task<string?> AskAndCloseAsync(Session session, CancellationToken cancel)
    {
        await using (session)
            return await StateAsync(session, cancel);
    }

    /// <summary>Null when the database is far enough; else where it is.</summary>
    private async Task<string?> StateAsync(Session session, CancellationToken cancel)
    {
        var schema = options.Schema ?? await session.ScalarAsync<string>("SELECT current_schema()", cancel);
        if (schema is null)
            return "the database has no schema of the search path yet";
        if (options.Release is { } release && await new DeploymentLog(session, schema).ProblemAsync(release, cancel) is { } problem)
            return problem;
        if (options.Version is not { } wanted)
            return null;

        var history = new HistoryTable(session, schema, options.Flyway);
        if (!await history.ExistsAsync(cancel))
            return $"there is no history table {history.Name} yet";
        var rows = await history.ReadAsync(cancel);
        if (rows.Find(row => !row.Success) is { } failed)
            return $"version {failed.Version} ({failed.Script}) has failed, and stopped half way";
        var newest = Plan.Valid(rows).Select(row => row.Version).OfType<MigrationVersion>().Max();
        return newest is not null && newest >= wanted
            ? null
            : $"the database is at version {newest?.Text ?? "(none)"}, not yet at version {wanted}";
    }
}
