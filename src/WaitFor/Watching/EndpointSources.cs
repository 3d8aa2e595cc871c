using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching.Ladder;

namespace WaitFor.Watching;

/// <summary>A reflector of one source of endpoints.</summary>
internal interface IEndpointReflector : IReflector
{
    /// <summary>Follows it until no retry can help.</summary>
    Task<ApiFault> RunAsync(CancellationToken cancel);

    /// <summary>What was learnt is void.</summary>
    void Forget();

    /// <summary>Whether the server has ever allowed what is needed.</summary>
    bool HasServed { get; }

    /// <summary>Whether the server was lost since it last did.</summary>
    bool IsAfterLoss { get; }
}

/// <summary>A reflector and the part that it fills.</summary>
internal sealed class EndpointReflector<T>(Reflector<T> reflector, Action forget) : IEndpointReflector
    where T : IObjectState
{
    public Shortfall? Shortfall => reflector.Shortfall;

    public long PolledAt => reflector.PolledAt;

    public Action? AccessChanged
    {
        get => reflector.AccessChanged;
        set => reflector.AccessChanged = value;
    }

    public void PollNow() => reflector.PollNow();

    public bool HasServed => reflector.HasServed;

    public bool IsAfterLoss => reflector.IsAfterLoss;

    public Task<ApiFault> RunAsync(CancellationToken cancel) => reflector.RunAsync(cancel);

    public void Forget() => forget();
}

/// <summary>The last rung for services: what tells their endpoints. EndpointSlices; where they are denied, or the server has none (before
/// 1.21), v1 Endpoints; else the pods of the service's own selector. Each is followed by the ladder of access of its own.</summary>
/// <param name="target">The service, or services.</param>
/// <param name="services">The last known services; null while nothing is known of them.</param>
/// <param name="time">Clock.</param>
/// <param name="seed">Of the pauses.</param>
internal sealed class EndpointSources(Target target, Func<IReadOnlyCollection<ServiceState>?> services, TimeProvider time, int seed)
{
    private readonly Backoff _backoff = new(new Random(seed));
    private volatile Source? _current;
    private volatile Shortfall? _shortfall;

    private sealed record Source(Collection Collection, bool IsPods, bool IsSlices, IEndpointReflector Reflector);

    /// <summary>Makes the reflector of slices.</summary>
    public required Func<Collection, IEndpointReflector> Slices { get; init; }

    /// <summary>Makes the reflector of Endpoints.</summary>
    public required Func<Collection, IEndpointReflector> Endpoints { get; init; }

    /// <summary>Makes the reflector of pods.</summary>
    public required Func<Collection, IEndpointReflector> Pods { get; init; }

    /// <summary>Called when no source is allowed, within the time of grace.</summary>
    public required Action<ApiFault> Lost { get; init; }

    /// <summary>Called when <see cref="Shortfall"/> changes.</summary>
    public required Action AccessChanged { get; init; }

    /// <summary>Whether a collection may be listed; one request.</summary>
    public required Func<Collection, CancellationToken, Task<bool>> IsAllowed { get; init; }

    /// <summary>The permission without which the best source cannot be read; null where it can.</summary>
    public Shortfall? Shortfall => _shortfall;

    /// <summary>The source that is followed; null before the first one.</summary>
    public IReflector? Current => _current?.Reflector;

    /// <summary>True where pods stand for the endpoints.</summary>
    public bool ByPods => _current?.IsPods == true;

    /// <summary>False where the services have changed so that the source no longer tells their endpoints.</summary>
    public bool Suit(IReadOnlyCollection<ServiceState> known) =>
        _current is not { } source
        || source.IsSlices
        || (source.IsPods ? CollectionOfPods(known) : CollectionOfEndpoints(known)) == source.Collection;

    /// <summary>Follows the best source until no retry can help.</summary>
    /// <param name="needed">Completes when there is a service that has endpoints.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public async Task<(Collection Collection, ApiFault Fault)> RunAsync(Func<CancellationToken, Task> needed, CancellationToken cancel)
    {
        var grace = new Grace(time);
        while (true)
        {
            var slices = Collections.EndpointSlices(target);
            var best = new Source(slices, IsPods: false, IsSlices: true, Slices(slices));
            var end = await FollowAsync(best, denied: [], cancel);
            var afterLoss = best.Reflector.IsAfterLoss;
            // It was allowed since the last denial, which is over.
            if (best.Reflector.HasServed)
                grace.Allowed();
            if (!IsRefusal(end))
                return (slices, end!);

            // Which of the others will do is for the services to say; the slices may be allowed by the time it does.
            if (needed(cancel) is { IsCompleted: false } later)
            {
                await later;
                if (end is { Kind: FaultKind.Forbidden })
                    continue;
            }

            var (last, fault) = (slices, end!);
            List<Collection> denied = end is { Kind: FaultKind.Forbidden } ? [slices] : [];
            foreach (var (collection, isPods) in Others())
            {
                var reflector = (isPods ? Pods : Endpoints)(collection);
                end = await FollowAsync(new Source(collection, isPods, IsSlices: false, reflector), denied, cancel);
                afterLoss |= reflector.IsAfterLoss;
                if (reflector.HasServed)
                    grace.Allowed();
                if (end is null)
                    break;
                if (!IsRefusal(end))
                    return (collection, end);
                // The denial of the best source is reported; where the server has no slices, that of what stands for them.
                if (fault.Kind != FaultKind.Forbidden)
                    (last, fault) = (collection, end);
                if (end.Kind == FaultKind.Forbidden)
                    denied.Add(collection);
            }

            if (end is null)
            {
                grace.Allowed();
                continue;
            }

            (_current, _shortfall) = (null, null);
            if (fault.Kind != FaultKind.Forbidden || grace.Refused(afterLoss))
                return (last, fault);
            Lost(fault);
            var (pause, left) = (_backoff.Next(retryAfter: null), grace.Left!.Value);
            await Task.Delay(pause < left ? pause : left, time, cancel);
        }
    }

    /// <summary>True where another source may do.</summary>
    private static bool IsRefusal(ApiFault? fault) => fault is { Kind: FaultKind.Forbidden or FaultKind.NotServed };

    /// <summary>Follows one source; one that is not the best is left as soon as a better one can be read, or it no longer suits.</summary>
    /// <param name="source">The source.</param>
    /// <param name="denied">The better sources that are denied.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The fault that ended it; null: it was left.</returns>
    private async Task<ApiFault?> FollowAsync(Source source, IReadOnlyList<Collection> denied, CancellationToken cancel)
    {
        source.Reflector.Forget();
        source.Reflector.AccessChanged = AccessChanged;
        _current = source;
        _shortfall = denied is [var best, ..]
            ? new Shortfall(best, ["list"], $"using {(source.IsPods ? "the pods of its selector" : "endpoints")}")
            : null;
        if (source.IsSlices)
            return await source.Reflector.RunAsync(cancel);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var following = source.Reflector.RunAsync(end.Token);
        var leaving = WhenToLeaveAsync(denied, end.Token);
        var first = await Task.WhenAny(following, leaving);
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(following, leaving);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The other one of the two.
        }

        return first == following ? await following : null;
    }

    private async Task WhenToLeaveAsync(IReadOnlyList<Collection> denied, CancellationToken cancel)
    {
        do
        {
            await Task.Delay(AccessLadder.TryAbove, time, cancel);
        } while (Suit(services() ?? []) && !await AnyAsync(denied, cancel));
    }

    private async Task<bool> AnyAsync(IReadOnlyList<Collection> denied, CancellationToken cancel)
    {
        foreach (var collection in denied)
        {
            if (await IsAllowed(collection, cancel))
                return true;
        }

        return false;
    }

    private IEnumerable<(Collection Collection, bool IsPods)> Others()
    {
        var known = services() ?? [];
        if (CollectionOfEndpoints(known) is { } endpoints)
            yield return (endpoints, false);
        if (CollectionOfPods(known) is { } pods)
            yield return (pods, true);
    }

    /// <summary>Endpoints list pods that are not ready among the ready ones where the service publishes them; made by hand they say what
    /// was written.</summary>
    private Collection? CollectionOfEndpoints(IReadOnlyCollection<ServiceState> known) =>
        known.Any(service => service.PublishesUnready) ? null : Collections.Endpoints(target);

    private Collection? CollectionOfPods(IReadOnlyCollection<ServiceState> known)
    {
        var own = known.Where(service => !ServiceRules.IsExternalName(service)).ToList();
        if (own.Count == 0 || own.Exists(service => service.Spec?.Selector is not { Count: > 0 }))
            return null;
        return Collections.Pods(target.Namespace, target.Name is null ? null : own[0].Spec!.Selector);
    }
}
