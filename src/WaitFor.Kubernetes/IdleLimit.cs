namespace WaitFor.Kubernetes;

/// <summary>Ends a wait when nothing has come for too long; each arrival starts it again.</summary>
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

    /// <summary>Called when something came.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Something came: the time begins again.</summary>
    public void Reset()
    {
        _idle.CancelAfter(_limit);
        Arrived?.Invoke();
    }

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
