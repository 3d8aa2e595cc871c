using Polly;
using Polly.Retry;
using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;
using WaitFor.Watching.Ladder;

namespace WaitFor.Watching;

/// <summary>Takes what a reflector learns. All calls come one after the other.</summary>
internal interface IReflected<in T>
{
    /// <summary>A complete, consistent list: everything known before is replaced.</summary>
    void Replace(IEnumerable<T> objects);

    /// <summary>An object exists, in this state.</summary>
    void Set(T item);

    /// <summary>An object is gone.</summary>
    void Remove(T item);

    /// <summary>What is known can no longer be confirmed.</summary>
    void Lost(ApiFault fault);
}

/// <summary>What a follower asks of a reflector, whatever its objects are.</summary>
internal interface IReflector
{
    /// <summary>The permission without which there is no watch; null where there is one.</summary>
    Shortfall? Shortfall { get; }

    /// <summary>When the poll began that gave the present state; the highest number where a watch keeps it up to date.</summary>
    long PolledAt { get; }

    /// <summary>Asks for a poll at once.</summary>
    void PollNow();

    /// <summary>Called when <see cref="Shortfall"/> changes.</summary>
    Action? AccessChanged { get; set; }
}

/// <summary>Keeps a copy of a collection up to date by the best way that the Role allows, again and again.
/// Its shape is client-go's reflector (tools/cache/reflector.go), its faults are classified by <see cref="FaultPolicy"/>.</summary>
internal sealed class Reflector<T> : IReflector
    where T : IObjectState
{
    private readonly ApiServer _api;
    private readonly IReflected<T> _reflected;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Copy<T> _copy;
    private readonly PollPace _pace;
    private readonly AccessLadder _ladder;
    private Shortfall? _shortfall;
    private readonly Grace _grace;

    /// <summary>Prepares it; contacts nothing.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="collection">What is followed.</param>
    /// <param name="read">Reads an object.</param>
    /// <param name="reflected">Takes what is learnt.</param>
    /// <param name="time">Clock.</param>
    /// <param name="pollInterval">The pause between polls, where there is no watch.</param>
    /// <param name="seed">Of all that is random.</param>
    public Reflector(
        ApiServer api,
        Collection collection,
        Func<ReadOnlySpan<byte>, T> read,
        IReflected<T> reflected,
        TimeProvider time,
        TimeSpan pollInterval,
        int seed
    )
    {
        (_api, _reflected, _time) = (api, reflected, time);
        _grace = new Grace(time);
        // One each: a Random must not be used by several threads.
        _backoff = new Backoff(new Random(seed));
        _copy = new Copy<T>(api, collection, read, reflected, time, new Random(seed)) { Watching = () => Say(null) };
        _pace = new PollPace(pollInterval, time, new Random(seed));
        _ladder = new AccessLadder(
            [
                new ListWatch<T>(_copy),
                new WatchList<T>(_copy, api.WatchList, time),
                new PollList<T>(_copy, _pace),
                new PollGet<T>(_copy, _pace),
            ],
            time,
            () => _copy.Contacts,
            (rung, denied) => Say(new Shortfall(collection, [.. denied.Select(VerbWord)], rung.Instead!))
        );
    }

    /// <summary>False: it ends at once where no rung is allowed, as the caller knows another way.</summary>
    public bool HasGrace { get; init; } = true;

    /// <summary>Whether the server was lost since it last allowed what is needed.</summary>
    public bool IsAfterLoss => _grace.IsAfterLoss;

    /// <summary>Whether it was ever allowed.</summary>
    public bool WasAllowed => _grace.WasAllowed;

    /// <inheritdoc />
    public Shortfall? Shortfall => Volatile.Read(ref _shortfall);

    /// <inheritdoc />
    public long PolledAt => _copy.PolledAt;

    /// <inheritdoc />
    public Action? AccessChanged { get; set; }

    /// <inheritdoc />
    public void PollNow() => _pace.PollNow();

    /// <summary>Follows the collection until no retry can help.</summary>
    /// <returns>The fault that ended it.</returns>
    public async Task<ApiFault> RunAsync(CancellationToken cancel)
    {
        var pipeline = new ResiliencePipelineBuilder<Round> { TimeProvider = _time }
            .AddRetry(
                new RetryStrategyOptions<Round>
                {
                    // Exceptions are surprises: they pass through and end the gate, shut.
                    ShouldHandle = round => ValueTask.FromResult(round.Outcome.Result is { Stop: false }),
                    MaxRetryAttempts = int.MaxValue,
                    UseJitter = false,
                    DelayGenerator = round => ValueTask.FromResult<TimeSpan?>(Pause(round.Outcome.Result!.Fault)),
                }
            )
            .Build();
        var last = await pipeline.ExecuteAsync(async token => await RoundAsync(token), cancel);
        return last.Fault;
    }

    /// <summary>Follows until a fault, and decides what comes next.</summary>
    private async Task<Round> RoundAsync(CancellationToken cancel)
    {
        _copy.TakeContact();
        var fault = await _ladder.RunAsync(cancel);
        if (_copy.ContactSince is { } since && _time.GetElapsedTime(since) >= Backoff.HealthyStretch)
            _backoff.Reset();
        if (_copy.InContact)
            _grace.Allowed();
        var early =
            fault.Kind == FaultKind.StreamEnded
            && _copy.ContactSince is { } begun
            && _time.GetElapsedTime(begun) < Copy<T>.ShortestWatch;
        return Decide(fault, early);
    }

    private Round Decide(ApiFault fault, bool early)
    {
        var next = FaultPolicy.After(fault, _api.Access.Authorities?.FromFile == true);
        if (_grace.IsOver(fault, next, early) || (!HasGrace && fault.Kind == FaultKind.Forbidden))
            next = Next.Stop;
        if (next != Next.Watch)
            _copy.Doubt();
        if (next == Next.RenewTokenWithinGrace)
            _api.RenewToken();
        if (next == Next.RenewTrustWithinGrace)
            _api.RenewTrust();
        // The ordinary end is no loss: the next watch begins where this one ended. What no retry can help is the caller's to tell.
        if (fault.Kind != FaultKind.StreamEnded && next != Next.Stop)
            _reflected.Lost(fault);
        return new Round(fault, next == Next.Stop);
    }

    /// <summary>The pause before the next round; within a time of grace the last try comes at its very end.</summary>
    private TimeSpan Pause(ApiFault fault)
    {
        var pause = _backoff.Next(fault.RetryAfter);
        if (_grace.Left is not { } left)
            return pause;
        return pause < left ? pause
            : left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
    }

    private void Say(Shortfall? shortfall)
    {
        if (Interlocked.Exchange(ref _shortfall, shortfall) is var before && before?.Text != shortfall?.Text)
            AccessChanged?.Invoke();
    }

    private static string VerbWord(Verb verb) => verb.ToString().ToLowerInvariant();

    private sealed record Round(ApiFault Fault, bool Stop);
}
