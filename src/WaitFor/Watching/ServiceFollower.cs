using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows one service, or the services of a selector, together with their EndpointSlices (or Endpoints, where the server has no
/// slices).</summary>
internal sealed class ServiceFollower : Follower
{
    private readonly Part<ServiceState> _services;
    private readonly Part<EndpointSliceState> _slices;
    private readonly Collection _collection;
    private readonly Reflector<ServiceState> _serviceReflector;
    private readonly Func<Collection, Func<ReadOnlySpan<byte>, EndpointSliceState>, Reflector<EndpointSliceState>> _sliceReflector;

    /// <summary>Not completed while there are only external names, which have no slices; completes when that changes.</summary>
    private volatile TaskCompletionSource _slicesNeeded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServiceFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target)
    {
        _services = new Part<ServiceState>(this, Known);
        _slices = new Part<EndpointSliceState>(this, Known);
        _collection = Collections.Of(target);
        _slicesNeeded.SetResult();
        _serviceReflector = new Reflector<ServiceState>(api, _collection, StateReader.Service, _services, time, random.Next());
        var seed = random.Next();
        _sliceReflector = (collection, read) => new Reflector<EndpointSliceState>(api, collection, read, _slices, time, seed);
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var services = FollowServiceAsync(both.Token);
        var slices = FollowSlicesAsync(both.Token);
        // What has no slices needs no right to read them. What was learnt of them is void, and they are followed anew should they be needed
        // after all.
        while (
            await Task.WhenAny(services, slices) == slices
            && _slicesNeeded.Task is { IsCompleted: false } needed
            && !cancel.IsCancellationRequested
        )
        {
            _slices.Lost((await slices).Fault);
            if (await Task.WhenAny(services, needed) == services)
                break;
            slices = FollowSlicesAsync(both.Token);
        }

        var end = await (services.IsCompleted ? services : slices);
        await both.CancelAsync();
        return end;
    }

    protected override Verdict Judge() =>
        Target.Expected.Named
            ? ServiceRules.Named(Target.Expected, _services.Objects.FirstOrDefault(), _slices.Objects)
            : ServiceRules.Set(Target.Expected, _services.Objects, _slices.Objects);

    protected override LastState Snapshot() => new() { Services = [.. _services.Objects], Slices = [.. _slices.Objects] };

    private async Task<(Collection Collection, ApiFault Fault)> FollowServiceAsync(CancellationToken cancel) =>
        (_collection, await _serviceReflector.RunAsync(cancel));

    private async Task<(Collection Collection, ApiFault Fault)> FollowSlicesAsync(CancellationToken cancel)
    {
        var slices = Collections.EndpointSlices(Target);
        var fault = await _sliceReflector(slices, StateReader.EndpointSlice).RunAsync(cancel);
        if (fault.Kind != FaultKind.NotServed)
            return (slices, fault);
        var endpoints = Collections.Endpoints(Target);
        return (endpoints, await _sliceReflector(endpoints, StateReader.Endpoints).RunAsync(cancel));
    }

    private (bool Synced, ApiFault? Fault) Known()
    {
        var externalNames = _services.Synced && _services.Objects.Count > 0 && _services.Objects.All(ServiceRules.IsExternalName);
        if (!externalNames)
            _slicesNeeded.TrySetResult();
        else if (_slicesNeeded.Task.IsCompleted)
            _slicesNeeded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return externalNames ? (true, _services.Fault) : (_services.Synced && _slices.Synced, _services.Fault ?? _slices.Fault);
    }
}
