namespace WaitFor.Testing;

/// <summary>The one place that waits by asking again, and always within a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks <paramref name="probe"/> until it says yes.</summary>
    /// <exception cref="TimeoutException"><paramref name="limit"/> has passed; the message names <paramref name="what"/>.</exception>
    public static async Task UntilAsync(
        string what,
        TimeSpan limit,
        Func<CancellationToken, Task<bool>> probe,
        CancellationToken cancellationToken
    )
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(limit);
        try
        {
            while (!await probe(bounded.Token))
            {
                await Task.Delay(Pause, bounded.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && bounded.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"{what}: not within {limit.TotalSeconds:0.#} s"), e);
        }
    }
}
