using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows one target: keeps its last known state, and the verdict on it.</summary>
internal abstract class Follower(Target target)
{
    private readonly Lock _lock = new();
    private Verdict _verdict = Verdict.NotKnownYet;

    /// <summary>What is followed.</summary>
    public Target Target { get; } = target;

    /// <summary>The verdict on the last known state; a Met that cannot be confirmed at present is none.</summary>
    public Verdict Verdict => Volatile.Read(ref _verdict);

    /// <summary>Why the state cannot be confirmed at present; null while it can.</summary>
    public ApiFault? Fault { get; private set; }

    /// <summary>Called, from any thread, after each change.</summary>
    public Action? Changed { get; set; }

    /// <summary>Makes the follower for a target.</summary>
    public static Follower Create(Target target, ApiServer api, TimeProvider time, Random random) => target.Expected.Kind switch
    {
        TargetKind.Job => new JobFollower(target, api, time, random),
        TargetKind.Pod => new PodFollower(target, api, time, random),
        TargetKind.Service => new ServiceFollower(target, api, time, random),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    /// <summary>Follows until no retry can help.</summary>
    /// <returns>What was asked of the API server in vain, and the fault.</returns>
    public abstract Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel);

    /// <summary>The verdict on the state as it is now; called under the lock, after each change of a part.</summary>
    protected abstract Verdict Judge();

    private void Update<TPart>(TPart part, Action<TPart> change, Func<(bool Synced, ApiFault? Fault)> known)
    {
        lock (_lock)
        {
            change(part);
            var (synced, fault) = known();
            var verdict = synced ? Judge() : Verdict.NotKnownYet;
            Fault = fault;
            Volatile.Write(ref _verdict, fault is null ? verdict : verdict.Unconfirmed(fault.Message));
        }

        Changed?.Invoke();
    }

    /// <summary>One collection that the target's state consists of.</summary>
    protected sealed class Part<T>(Follower follower, Func<(bool Synced, ApiFault? Fault)> known) : IReflected<T>
        where T : IObjectState
    {
        private readonly Dictionary<string, T> _objects = new(StringComparer.Ordinal);

        public IReadOnlyCollection<T> Objects => _objects.Values;

        public T? Only => _objects.Values.FirstOrDefault();

        /// <summary>True after the first complete list.</summary>
        public bool Synced { get; private set; }

        public ApiFault? Fault { get; private set; }

        public void Replace(IEnumerable<T> objects) => Update(part =>
        {
            part._objects.Clear();
            foreach (var item in objects)
                part._objects[Key(item)] = item;
            (part.Synced, part.Fault) = (true, null);
        });

        public void Confirmed()
        {
            if (Fault is not null)
                Update(part => part.Fault = null);
        }

        public void Set(T item) => Update(part => part._objects[Key(item)] = item);

        public void Remove(T item) => Update(part => part._objects.Remove(Key(item)));

        public void Lost(ApiFault fault) => Update(part => part.Fault = fault);

        private void Update(Action<Part<T>> change) => follower.Update(this, change, known);

        private static string Key(T item) => $"{item.Metadata?.Namespace}/{item.Metadata?.Name}";
    }
}

/// <summary>Follows one Job, or the Jobs of a selector.</summary>
internal sealed class JobFollower : Follower
{
    private readonly Part<JobState> _jobs;
    private readonly Collection _collection;
    private readonly Reflector<JobState> _reflector;
    private FinishedJobs _finished = FinishedJobs.None;

    public JobFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target)
    {
        _jobs = new Part<JobState>(this, () => (_jobs!.Synced, _jobs.Fault));
        _collection = Collections.Of(target);
        _reflector = new Reflector<JobState>(api, _collection, StateReader.Job, _jobs, time, random);
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) => (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge()
    {
        _finished = _finished.Observe(Target.Expected, _jobs.Objects);
        return Target.Expected.Named
            ? JobRules.Named(Target.Expected, _jobs.Only, _finished)
            : JobRules.Set(Target.Expected, _jobs.Objects, _finished);
    }
}

/// <summary>Follows one pod, or the pods of a selector.</summary>
internal sealed class PodFollower : Follower
{
    private readonly Part<PodState> _pods;
    private readonly Collection _collection;
    private readonly Reflector<PodState> _reflector;

    public PodFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target)
    {
        _pods = new Part<PodState>(this, () => (_pods!.Synced, _pods.Fault));
        _collection = Collections.Of(target);
        _reflector = new Reflector<PodState>(api, _collection, StateReader.Pod, _pods, time, random);
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) => (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge() => Target.Expected.Named
        ? PodRules.Named(Target.Expected, _pods.Only)
        : PodRules.Set(Target.Expected, _pods.Objects);
}

/// <summary>Follows one service, or the services of a selector, together with their EndpointSlices (or Endpoints, where the server has no slices).</summary>
internal sealed class ServiceFollower : Follower
{
    private readonly Part<ServiceState> _services;
    private readonly Part<EndpointSliceState> _slices;
    private readonly Collection _collection;
    private readonly Reflector<ServiceState> _serviceReflector;
    private readonly Func<Collection, Func<ReadOnlySpan<byte>, EndpointSliceState>, Reflector<EndpointSliceState>> _sliceReflector;

    public ServiceFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target)
    {
        _services = new Part<ServiceState>(this, Known);
        _slices = new Part<EndpointSliceState>(this, Known);
        _collection = Collections.Of(target);
        _serviceReflector = new Reflector<ServiceState>(api, _collection, StateReader.Service, _services, time, random);
        _sliceReflector = (collection, read) => new Reflector<EndpointSliceState>(api, collection, read, _slices, time, random);
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Task.WhenAny(FollowServiceAsync(both.Token), FollowSlicesAsync(both.Token));
        await both.CancelAsync();
        return await first;
    }

    protected override Verdict Judge() => Target.Expected.Named
        ? ServiceRules.Named(Target.Expected, _services.Only, _slices.Objects)
        : ServiceRules.Set(Target.Expected, _services.Objects, _slices.Objects);

    private async Task<(Collection Collection, ApiFault Fault)> FollowServiceAsync(CancellationToken cancel) => (_collection, await _serviceReflector.RunAsync(cancel));

    private async Task<(Collection Collection, ApiFault Fault)> FollowSlicesAsync(CancellationToken cancel)
    {
        var slices = Collections.EndpointSlices(Target);
        var fault = await _sliceReflector(slices, StateReader.EndpointSlice).RunAsync(cancel);
        if (fault.Kind != FaultKind.NotServed)
            return (slices, fault);
        var endpoints = Collections.Endpoints(Target);
        return (endpoints, await _sliceReflector(endpoints, StateReader.Endpoints).RunAsync(cancel));
    }

    private (bool Synced, ApiFault? Fault) Known() => (_services.Synced && _slices.Synced, _services.Fault ?? _slices.Fault);
}
