using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Kubernetes;

namespace WaitFor.Migrate.Postgres;

/// <summary>Who makes a statement wait for a lock. It is asked on a second connection while the statement waits, as nothing shows it
/// afterwards, and only once a statement takes longer than half of its lock_timeout.
/// <see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION"/></summary>
/// <param name="open">Opens the second connection.</param>
/// <param name="limit">How long a statement waits for a lock; zero for no limit.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes what goes wrong, which does no harm.</param>
internal sealed class LockWatch(Func<CancellationToken, Task<Session>> open, TimeSpan limit, TimeProvider time, ILogger log)
    : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private Session? _session;
    private bool _givenUp;

    /// <summary>Runs something, and reports who holds a lock that it waits for.</summary>
    /// <param name="backend">The server process in which it runs.</param>
    /// <param name="run">What runs.</param>
    /// <param name="ownLimit">True where the script sets lock_timeout itself: its value is not known here.</param>
    /// <param name="found">Takes the holders, at each look that finds one.</param>
    public async Task RunAsync(int backend, Func<Task> run, bool ownLimit, Action<string> found)
    {
        var half =
            ownLimit ? Shortest
            : limit > TimeSpan.Zero ? limit / 2
            : Longest;
        var interval =
            half < Shortest ? Shortest
            : half > Longest ? Longest
            : half;
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(backend, interval, found, stop.Token);
        try
        {
            await run();
        }
        finally
        {
            await stop.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
            await session.DisposeAsync();
    }

    private async Task WatchAsync(int backend, TimeSpan interval, Action<string> found, CancellationToken stop)
    {
        try
        {
            while (!_givenUp)
            {
                await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stop.IsCancellationRequested)
                    return;
                _session ??= await open(stop);
                if (await HoldersAsync(_session, backend, stop) is { } holders)
                    found(holders);
            }
        }
        catch (OperationCanceledException)
        {
            // In the middle of its own query: the connection may not be usable any more.
            await DisposeAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or ConnectionException or InvalidOperationException)
        {
            // Such as a role that may connect only once. The script does not need it.
            _givenUp = !stop.IsCancellationRequested;
            log.LogDebug("could not find out who holds the lock: {Reason}", exception.Message);
            await DisposeAsync();
        }
    }

    private static async Task<string?> HoldersAsync(Session session, int backend, CancellationToken stop)
    {
        var rows = await session.RowsAsync(
            """
            SELECT b.pid, b.application_name, b.usename::text, b.state,
                to_char(coalesce(b.xact_start, b.backend_start), 'HH24:MI:SS TZ'), left(b.query, 200)
            FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p(pid) JOIN pg_stat_activity b ON b.pid = p.pid
            WHERE w.pid = $1 AND w.wait_event_type = 'Lock'
            LIMIT 3
            """,
            reader =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"backend {reader.GetInt32(0)} ({Text(reader, 1) ?? "no name"}, user {Text(reader, 2) ?? "unknown"}, "
                        + $"{Text(reader, 3) ?? "state hidden"}, since {Text(reader, 4) ?? "unknown"}; "
                        + $"query: {Text(reader, 5) ?? "hidden"})"
                ),
            stop,
            backend
        );
        return rows.Count > 0 ? string.Join(", ", rows) : null;

        static string? Text(NpgsqlDataReader reader, int column) =>
            !reader.IsDBNull(column) && ApiFault.OneLine(reader.GetString(column)) is { Length: > 0 } text ? text : null;
    }
}
