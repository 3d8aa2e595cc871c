using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>The wrapped tool ended with an error: its exit code is kept.</summary>
internal static class ExecFailure
{
    private const int LastSignal = 64; // SIGRTMAX

    public static MigrationException Of(IReadOnlyList<string> command, ChildEnd end)
    {
        // Arguments may hold a password: the program's name is enough.
        var how = end.ExitCode is > 128 and <= 128 + LastSignal ? $"was ended by signal {end.ExitCode - 128}" : $"ended with exit code {end.ExitCode}";
        var said = end.LastLines.LastOrDefault(line => line.Trim().Length > 0);
        var more = end.LastLines.Count > 1 ? "\n" + string.Join('\n', end.LastLines.Select(line => "  | " + line)) : "";
        return new MigrationException(end.ExitCode, $"{Path.GetFileName(command[0])} {how}{(said is null ? "" : $": {said.Trim()}")}{more}");
    }
}

/// <summary>Runs the team's own tool.</summary>
internal sealed class ExecEngine(Session session, string schema, MigrateOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, ILogger log) : IEngine
{
    private const int LongestName = 63; // NAMEDATALEN - 1
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How the tool's connections call themselves, where it leaves that to libpq: so the next run finds those of a killed one.</summary>
    private readonly string _name = Cut($"migrate exec {options.Release}".TrimEnd());

    public long LockKey => AdvisoryKey.OfExec(schema);

    /// <summary>A killed tool's backend goes on with the statement that it has.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var told = false;
        while (await session.RowsAsync(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'", reader => reader.GetInt32(0), cancel, _name) is [var pid, ..])
        {
            if (options.LockTimeout > TimeSpan.Zero && time.GetElapsedTime(start) >= options.LockTimeout)
                throw new MigrationException(ExitCode.Lock, $"backend {pid} of an earlier run is still at work; wait for its end, or end it (SELECT pg_terminate_backend({pid})), then start again");
            if (!told)
                log.LogInformation("waiting for backend {Pid} of an earlier run, which is still at work", pid);
            told = true;
            await Task.Delay(Interval, time, cancel);
        }
    }

    public async Task<(string? Version, string? Checksum)> RunAsync(CancellationToken cancel)
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        variables.TryAdd("PGAPPNAME", _name);
        // The signal that asks us to end was sent on to it: its own end is waited for.
        var end = await ChildProcess.RunAsync(options.Command, variables);
        if (end.ExitCode != 0)
            throw ExecFailure.Of(options.Command, end);
        return (null, null);
    }

    private static string Cut(string name) => name.Length <= LongestName ? name : name[..LongestName];
}
