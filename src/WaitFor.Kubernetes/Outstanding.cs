namespace WaitFor.Kubernetes;

/// <summary>The requests that wait for the network, so that a person learns the cause of the wait before a limit cuts it.</summary>
internal sealed class Outstanding(TimeProvider time, Action changed) : IDisposable
{
    /// <summary>A request that has waited for so long is reported.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private ITimer? _timer;
    private string? _reported;

    private long Now => time.GetTimestamp();

    /// <summary>What the oldest request waits for, however short; null where none waits.</summary>
    public string? Oldest
    {
        get
        {
            lock (_lock)
                return _calls.MinBy(call => call.Since)?.Stage();
        }
    }

    /// <summary>What a request has waited for during <see cref="Limit"/> or longer; null where none has.</summary>
    public string? Reported => Volatile.Read(ref _reported);

    /// <summary>A request begins to wait.</summary>
    public Call Begin()
    {
        var call = new Call(this, Now);
        lock (_lock)
        {
            _calls.Add(call);
            // A periodic timer that runs only while a request waits for something.
            _timer ??= time.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_calls.Count == 1)
                _timer.Change(Limit, Limit);
        }

        return call;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
            _timer?.Dispose();
    }

    private void Look()
    {
        lock (_lock)
        {
            var stage = _calls.Where(call => time.GetElapsedTime(call.Since) >= Limit).MinBy(call => call.Since)?.Stage();
            if (stage == _reported)
                return;
            Volatile.Write(ref _reported, stage);
        }

        changed();
    }

    private void End(Call call)
    {
        lock (_lock)
        {
            // Removed once; a call may end twice, at the head of its answer and with its request.
            if (!_calls.Remove(call))
                return;
            if (_calls.Count == 0)
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_reported is null)
                return;
        }

        Look();
    }

    /// <summary>One request that waits.</summary>
    internal sealed class Call(Outstanding outstanding, long since) : IDisposable
    {
        private long _since = since;

        public long Since => Volatile.Read(ref _since);

        /// <summary>Says what a request waits for; asked again and again, from any thread.</summary>
        public Func<string> Stage { get; set; } = static () => "waiting for credentials from the exec plugin";

        /// <summary>Something came: the wait begins again.</summary>
        public void Restart() => Volatile.Write(ref _since, outstanding.Now);

        /// <summary>The wait is over; what may be long from here on (a watch) is not reported.</summary>
        public void Dispose() => outstanding.End(this);
    }
}
