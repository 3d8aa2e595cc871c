using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Lint;

/// <summary>Ends a statement that waits for a lock beyond the limit, whatever a block or function sets lock_timeout to: everybody who
/// needs the table waits behind it.</summary>
/// <param name="watch">Says who holds the lock that a statement waits for.</param>
/// <param name="backend">The server process of the rehearsal.</param>
/// <param name="limit">The longest wait; zero for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class LockGuard(LockWatch watch, int backend, TimeSpan limit, TimeProvider time)
{
    /// <summary>Two looks at one wait are not further apart.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);

    private string? _holders;

    /// <summary>Who held the lock that the last run waited for; null where nobody was seen.</summary>
    public string? Holders => _holders;

    /// <summary>Runs something.</summary>
    /// <param name="run">What runs.</param>
    /// <param name="ownLimit">True where it mentions lock_timeout: it is looked at more often.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="TimeoutException">It waited too long, and was ended.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> run, bool ownLimit, CancellationToken cancel)
    {
        _holders = null;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var (first, last) = (0L, 0L);
        try
        {
            await watch.RunAsync(backend, () => run(cut.Token), ownLimit, Found);
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or Npgsql.NpgsqlException
                && cut.IsCancellationRequested
                && !cancel.IsCancellationRequested
            )
        {
            throw new TimeoutException("it waited for a lock longer than the limit", exception);
        }

        void Found(string holders)
        {
            _holders = holders;
            var now = time.GetTimestamp();
            if (last == 0 || time.GetElapsedTime(last, now) > Gap + (ownLimit ? TimeSpan.Zero : limit / 2))
                first = now;
            last = now;
            if (limit > TimeSpan.Zero && time.GetElapsedTime(first, now) >= limit)
                cut.Cancel();
        }
    }
}
