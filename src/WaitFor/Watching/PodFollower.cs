using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows pods: one by its name, or those of a selector.</summary>
internal sealed class PodFollower : Follower
{
    private readonly Part<PodState> _pods;
    private readonly Collection _collection;
    private readonly Reflector<PodState> _reflector;

    public PodFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        _pods = new Part<PodState>(this, () => (_pods!.Synced, _pods.Fault));
        _collection = Collections.Of(target);
        _reflector = Using(new Reflector<PodState>(api, _collection, StateReader.Pod, _pods, time, target.PollInterval, random.Next()));
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) =>
        (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge()
    {
        var (expected, pods) = (Target.Expected, _pods.Objects);
        var verdict = expected.Named ? PodRules.Named(expected, pods.FirstOrDefault()) : PodRules.Set(expected, pods);
        return Target.FailFast && verdict.Kind == VerdictKind.Pending
            ? FailFast.Judge(pods.Where(pod => !StaleRules.IsStale(expected, pod))) ?? verdict
            : verdict;
    }

    protected override LastState Snapshot() => new() { Pods = [.. _pods.Objects] };
}
