namespace WaitFor.Kubernetes;

/// <summary>Ends a wait when nothing has come for too long; each arrival starts it anew.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _either;
    private TimeSpan _limit;

    public IdleLimit(TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        _limit = limit;
        _idle = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _idle.Token);
    }

    /// <summary>Cancelled by the limit or by the caller.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>True when it was the limit.</summary>
    public bool Exceeded => _idle.IsCancellationRequested;

    /// <summary>Something came: the time runs anew.</summary>
    public void Reset() => _idle.CancelAfter(_limit);

    /// <summary>From here on another limit holds.</summary>
    public void Change(TimeSpan limit)
    {
        _limit = limit;
        Reset();
    }

    public void Dispose()
    {
        _either.Dispose();
        _idle.Dispose();
    }
}
