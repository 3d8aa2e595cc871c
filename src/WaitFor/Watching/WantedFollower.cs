using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows objects of any kind of which <c>--for</c> says what is asked: one by its name, or those of a selector.</summary>
internal sealed class WantedFollower : Follower
{
    private readonly Wanted _wanted;
    private readonly Part<ObjectState> _objects;
    private readonly Collection _collection;
    private readonly Reflector<ObjectState> _reflector;
    private FirstSeen _seen = FirstSeen.None;

    public WantedFollower(Target target, Wanted wanted, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        _wanted = wanted;
        _objects = new Part<ObjectState>(this, () => (_objects!.Synced, _objects.Fault));
        _collection = Collections.Of(target);
        _reflector = Using(
            new Reflector<ObjectState>(api, _collection, StateReader.WholeObject, _objects, time, target.PollInterval, random.Next())
        );
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) =>
        (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge()
    {
        var (expected, objects) = (Target.Expected, _objects.Objects);
        _seen = _seen.Observe(objects);
        return expected.Named
            ? WantedRules.Named(expected, _wanted, objects.FirstOrDefault(), _seen, Target.Kind.EarlyEnd)
            : WantedRules.Set(expected, _wanted, objects, _seen, Target.Kind.EarlyEnd);
    }

    protected override LastState Snapshot() => new() { Objects = [.. _objects.Objects] };
}
