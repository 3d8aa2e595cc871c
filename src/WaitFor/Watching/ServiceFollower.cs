using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching.Ladder;

namespace WaitFor.Watching;

/// <summary>Follows one service, or the services of a selector, together with what tells their endpoints
/// (<see cref="EndpointSources"/>).</summary>
internal sealed class ServiceFollower : Follower
{
    private readonly Part<ServiceState> _services;
    private readonly Part<EndpointSliceState> _slices;
    private readonly Part<PodState> _pods;
    private readonly Collection _collection;
    private readonly Reflector<ServiceState> _serviceReflector;
    private readonly EndpointSources _sources;

    /// <summary>Completed while there is a service that has endpoints; external names have none.</summary>
    private volatile TaskCompletionSource _endpointsNeeded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServiceFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        _services = new Part<ServiceState>(this, Known);
        _slices = new Part<EndpointSliceState>(this, Known);
        _pods = new Part<PodState>(this, Known);
        _collection = Collections.Of(target);
        _serviceReflector = Using(
            new Reflector<ServiceState>(api, _collection, StateReader.Service, _services, time, target.PollInterval, random.Next())
        );
        var seed = random.Next();
        _sources = new EndpointSources(target, Services, time, seed)
        {
            Slices = Source(StateReader.EndpointSlice, _slices),
            Endpoints = Source(StateReader.Endpoints, _slices),
            Pods = Source(StateReader.Pod, _pods),
            Lost = fault => _slices.Lost(fault),
            IsAllowed = async (collection, cancel) => (await api.ListAsync(collection, continueToken: null, cancel)).Page is not null,
            AccessChanged = () => Changed?.Invoke(),
        };

        Func<Collection, IEndpointReflector> Source<T>(Func<ReadOnlySpan<byte>, T> read, Part<T> part)
            where T : IObjectState =>
            collection => new EndpointReflector<T>(
                new Reflector<T>(api, collection, read, part, time, target.PollInterval, seed) { HasGrace = false },
                Forget
            );

        // What one source said is void beside another one's.
        void Forget()
        {
            _slices.Forget();
            _pods.Forget();
        }
    }

    public override IReadOnlyList<Shortfall> Shortfalls =>
        _sources.Shortfall is { } shortfall ? [shortfall, .. base.Shortfalls] : base.Shortfalls;

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var services = FollowServiceAsync(both.Token);
        var endpoints = _sources.RunAsync(NeededAsync, both.Token);
        // What has no endpoints needs no permission to read them: they are followed again should they be needed after all.
        while (
            await Task.WhenAny(services, endpoints) == endpoints
            && _endpointsNeeded.Task is { IsCompleted: false } needed
            && !cancel.IsCancellationRequested
        )
        {
            _slices.Lost((await endpoints).Fault);
            if (await Task.WhenAny(services, needed) == services)
                break;
            endpoints = _sources.RunAsync(NeededAsync, both.Token);
        }

        var end = await (services.IsCompleted ? services : endpoints);
        await both.CancelAsync();
        return end;

        Task NeededAsync(CancellationToken stop) => _endpointsNeeded.Task.WaitAsync(stop);
    }

    protected override Verdict Judge()
    {
        var (expected, services) = (Target.Expected, _services.Objects);
        if (_sources.ByPods)
            return expected.Named
                ? ServiceRules.NamedByPods(expected, services.FirstOrDefault(), _pods.Objects)
                : ServiceRules.SetByPods(expected, services, _pods.Objects);
        return expected.Named
            ? ServiceRules.Named(expected, services.FirstOrDefault(), _slices.Objects)
            : ServiceRules.Set(expected, services, _slices.Objects);
    }

    protected override LastState Snapshot() => new() { Services = [.. _services.Objects], Slices = [.. _slices.Objects] };

    protected override IEnumerable<IReflector> Reflectors =>
        _sources.Current is { } current ? [.. base.Reflectors, current] : base.Reflectors;

    /// <summary>The last known services; null while nothing is known of them.</summary>
    private List<ServiceState>? Services()
    {
        lock (Sync)
            return _services.Synced ? [.. _services.Objects] : null;
    }

    private async Task<(Collection Collection, ApiFault Fault)> FollowServiceAsync(CancellationToken cancel) =>
        (_collection, await _serviceReflector.RunAsync(cancel));

    private (bool Synced, ApiFault? Fault) Known()
    {
        var needed = _services.Synced && _services.Objects.Any(service => !ServiceRules.IsExternalName(service));
        if (needed)
            _endpointsNeeded.TrySetResult();
        else if (_endpointsNeeded.Task.IsCompleted)
            _endpointsNeeded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_services.Synced && !needed)
            return (true, _services.Fault);

        var (synced, fault) = _sources.ByPods ? (_pods.Synced, _pods.Fault) : (_slices.Synced, _slices.Fault);
        return (_services.Synced && synced && _sources.Suit(_services.Objects), _services.Fault ?? fault);
    }
}
