using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>A kind whose objects are judged each by its own state.</summary>
/// <param name="name">As for <see cref="Kind"/>.</param>
/// <param name="resource">As for <see cref="Kind"/>.</param>
/// <param name="group">As for <see cref="Kind"/>.</param>
/// <param name="rule">The default meaning: the verdict on one object.</param>
/// <param name="shortNames">As for <see cref="Kind"/>.</param>
internal abstract class ObjectKind(
    string name,
    string resource,
    string group,
    Func<ObjectState, Verdict> rule,
    params IReadOnlyList<string> shortNames
) : Kind(name, resource, group, shortNames)
{
    public override TargetKind InRules => TargetKind.Other;

    public override bool TakesSuffix => false;

    public override bool TakesExpected => false;

    public override bool ReportsPods => false;

    /// <summary>The verdict on one object, by the default meaning.</summary>
    public virtual Verdict Judge(Target target, ObjectState state) => rule(state);

    public override Follower Follow(Target target, ApiServer api, TimeProvider time, Random random) =>
        new ObjectFollower(target, state => Judge(target, state), api, time, random);

    public override Task LookAsync(Collector collector, TargetFacts facts, CancellationToken cancel) =>
        collector.LookAtObjectsAsync(facts, cancel);
}
