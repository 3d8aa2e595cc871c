using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Envelope;

/// <summary>The wrapped tool ended with an error: its exit code is kept.</summary>
internal static class ExecFailure
{
    private const int LastSignal = 64; // SIGRTMAX

    /// <summary>What follows the line with one of these says where, or what else is known: psql's LINE and ^, the fields of a JavaScript
    /// object.</summary>
    private static readonly string[] Labels = ["error: ", "fatal: ", "exception: ", "panic: "];

    public static MigrationException Of(IReadOnlyList<string> command, ChildEnd end)
    {
        // Arguments may hold a password: the program's name is enough.
        var how = end.ExitCode is > 128 and <= 128 + LastSignal
            ? $"was ended by signal {end.ExitCode - 128}"
            : $"ended with exit code {end.ExitCode}";
        var said = end.LastLines.LastOrDefault(line =>
            Array.Exists(Labels, label => line.Contains(label, StringComparison.OrdinalIgnoreCase))
        ) ?? end.LastLines.LastOrDefault(line => line.Trim().Length > 0);
        return new MigrationException(end.ExitCode, $"{Path.GetFileName(command[0])} {how}{(said is null ? "" : $": {said.Trim()}")}")
        {
            // They are in the log already, as the tool wrote them.
            Details = end.LastLines.Count > 1 ? string.Join('\n', end.LastLines.Select(line => "  | " + line)) : "",
        };
    }
}

/// <summary>Runs the team's own tool.</summary>
internal sealed class ExecEngine(
    Session session,
    string schema,
    MigrateOptions options,
    IReadOnlyDictionary<string, string> environment,
    TimeProvider time,
    ILogger log
) : IEngine
{
    private const string NamePrefix = "migrate exec in ";

    /// <summary>We read it as the tool does: it gets no parameter of ours, which its driver might refuse.</summary>
    private const string Shared = "DATABASE_URL";
    private const int LongestName = 63; // NAMEDATALEN - 1
    private const int LongestSchema = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SignalLimit = TimeSpan.FromSeconds(5);

    /// <summary>How the names of the tool's connections begin, whatever the release: as the lock, they belong to a schema. Not as our own
    /// connection's name.</summary>
    private readonly string _prefix = $"{NamePrefix}{Ascii(schema, LongestSchema)}: ";

    public IReadOnlyList<LockKey> Locks { get; } = [new(AdvisoryKey.OfExec(schema))];

    /// <summary>True where it is a wrapped tool that runs us.</summary>
    public static bool IsWithin(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("PGAPPNAME")?.StartsWith(NamePrefix, StringComparison.Ordinal) == true;

    /// <summary>A killed run's tool, or its backend alone, goes on with what it has. Idle is a tool between two statements, but also what a
    /// pooler keeps, and keeps the name of:
    /// for which the run waits no longer.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        for (var look = 1; await EarlierAsync(cancel) is { } pid; look++)
        {
            if (options.LockTimeout > TimeSpan.Zero && time.GetElapsedTime(start) >= options.LockTimeout)
                throw new MigrationException(
                    ExitCode.Lock,
                    $"backend {pid} of an earlier run is still running; wait for its end, or end it (SELECT pg_terminate_backend({pid})), "
                        + "then start again"
                );
            // At the first look it may be one that is just leaving.
            if (look == 2)
                log.LogInformation("waiting for backend {Pid} of an earlier run, which is still running", pid);
            await Task.Delay(Interval, time, cancel);
        }
    }

    public async Task<(string? Version, string? Checksum)> RunAsync(CancellationToken cancel)
    {
        var name = Ascii(_prefix + options.Release, LongestName);
        var variables = environment.ToDictionary(
            variable => variable.Key,
            variable => ApplicationName.PutInto(variable.Value, name, adds: variable.Key != Shared),
            StringComparer.Ordinal
        );
        variables["PGAPPNAME"] = name;
        // The signal that asks us to end was sent on to it: we wait for its own end.
        var end = await ChildProcess.RunAsync([.. options.Command.Select(word => ApplicationName.PutInto(word, name))], variables);
        // It may have ended before we heard ourselves: an interruption is no failure.
        if (end.Asked != 0)
            await Task.Delay(SignalLimit, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (signal, tool) = (Signals.NameOf(end.Asked), Path.GetFileName(options.Command[0]));
        if (end.Killed)
            throw new MigrationException(
                128 + end.Asked,
                $"{signal}: interrupted; the signal was sent on to {tool}, which did not "
                    + $"end within {GoDuration.Format(ChildProcess.ToolLimit)} and was killed: it may have stopped half way; start again"
            );
        if (end.ExitCode != 0)
            throw ExecFailure.Of(options.Command, end);
        // Many a tool that is asked to end stops half way and says 0: nobody knows, and no gate may open on it. Another run costs little.
        if (end.Asked != 0)
            throw new MigrationException(
                128 + end.Asked,
                $"{signal}: interrupted; the signal was sent on to {tool}, which ended with exit code 0: "
                    + "it may have stopped half way; start again"
            );
        return (null, null);
    }

    private async Task<int?> EarlierAsync(CancellationToken cancel) =>
        await session.RowsAsync(
            """
            SELECT pid FROM pg_stat_activity
            WHERE left(application_name, length($1)) = $1 AND datname = current_database()
                AND (state IS DISTINCT FROM 'idle' OR state_change > clock_timestamp() - interval '10 s')
            """,
            reader => reader.GetInt32(0),
            cancel,
            _prefix
        )
            is [var pid, ..]
            ? pid
            : null;

    /// <summary>A name as the server takes it: it replaces other characters, and cuts.</summary>
    private static string Ascii(string name, int longest) =>
        string.Concat(name.Take(longest).Select(unit => unit is >= ' ' and <= '~' ? unit : '?'));
}
