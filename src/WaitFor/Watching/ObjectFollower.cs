using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows objects that are judged each by its own state: one by its name, or those of a selector; with <c>--fail-fast</c> the
/// pods of a named one too.</summary>
internal sealed class ObjectFollower : Follower
{
    private readonly Func<ObjectState, Verdict> _rule;
    private readonly Part<ObjectState> _objects;
    private readonly Collection _collection;
    private readonly Reflector<ObjectState> _reflector;
    private readonly FailFastPods? _pods;

    /// <summary>Prepares it; contacts nothing.</summary>
    /// <param name="target">What is followed.</param>
    /// <param name="rule">The verdict on one object by its default meaning.</param>
    /// <param name="api">The API server.</param>
    /// <param name="time">Clock.</param>
    /// <param name="random">Of all that is random.</param>
    public ObjectFollower(Target target, Func<ObjectState, Verdict> rule, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        _rule = rule;
        _objects = new Part<ObjectState>(this, () => (_objects!.Synced, _objects.Fault));
        _collection = Collections.Of(target);
        _reflector = Using(
            new Reflector<ObjectState>(api, _collection, StateReader.WholeObject, _objects, time, target.PollInterval, random.Next())
        );
        if (target.FailFast)
            _pods = new FailFastPods(this, () => (_objects.Synced, _objects.Fault), api, time, random.Next());
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        if (_pods is null)
            return (_collection, await _reflector.RunAsync(cancel));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var objects = ObjectsAsync(both.Token);
        var pods = _pods.RunAsync(both.Token);
        try
        {
            return await await Task.WhenAny(objects, pods);
        }
        finally
        {
            await both.CancelAsync();
        }

        async Task<(Collection, ApiFault)> ObjectsAsync(CancellationToken stop) => (_collection, await _reflector.RunAsync(stop));
    }

    protected override Verdict Judge()
    {
        var (expected, objects) = (Target.Expected, _objects.Objects);
        if (Target.Name is null)
            return ObjectRules.Set(expected, objects, _rule);
        var verdict = ObjectRules.Named(expected, objects.FirstOrDefault(), _rule);
        return _pods is not null && objects.FirstOrDefault() is { } item
            ? _pods.Failure(verdict, () => Target.Kind.Pods(item), (pod, all) => Target.Kind.IsNewest(item, pod, all)) ?? verdict
            : verdict;
    }

    protected override LastState Snapshot() => new() { Objects = [.. _objects.Objects] };
}
