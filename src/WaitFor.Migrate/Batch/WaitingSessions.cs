using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Batch;

/// <summary>How many sessions wait on the locks of a batch. It is asked on a second connection while the batch runs, since its locks go
/// with its transaction.</summary>
/// <param name="open">Opens the second connection.</param>
/// <param name="backend">The server process in which batches run.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes what goes wrong, which does no harm.</param>
internal sealed class WaitingSessions(Func<CancellationToken, Task<Session>> open, int backend, TimeProvider time, ILogger log)
    : IAsyncDisposable
{
    /// <summary>A look is not free for the server: one at a batch that stands at a lock itself comes less often.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private Session? _session;
    private bool _givenUp;

    /// <summary>Runs a batch, and looks who waits for it: after this time, and again at intervals that grow.</summary>
    /// <returns>The most sessions that waited at once; 0 where nobody was seen.</returns>
    public async Task<int> DuringAsync(TimeSpan interval, Func<Task> run)
    {
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(interval, stop.Token);
        try
        {
            await run();
        }
        finally
        {
            await stop.CancelAsync();
        }

        return await watching;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
            await session.DisposeAsync();
    }

    private async Task<int> WatchAsync(TimeSpan interval, CancellationToken stop)
    {
        var most = 0;
        try
        {
            while (!_givenUp)
            {
                await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stop.IsCancellationRequested)
                    break;
                _session ??= await open(stop);
                // pg_locks shows all to everyone; pg_stat_activity hides what the sessions of others wait for.
                var count = await _session.ScalarAsync<int>(
                    "SELECT count(DISTINCT pid)::int FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))",
                    stop,
                    backend
                );
                most = Math.Max(most, count);
                interval = interval * 2 < LongestInterval ? interval * 2 : LongestInterval;
            }
        }
        catch (OperationCanceledException)
        {
            // In the middle of its own query: the connection may not be usable any more.
            await DisposeAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or ConnectionException or InvalidOperationException)
        {
            // Such as a role that may connect only once.
            _givenUp = !stop.IsCancellationRequested;
            log.LogDebug("who waits for a batch is not known: {Reason}", exception.Message);
            await DisposeAsync();
        }

        return most;
    }
}
