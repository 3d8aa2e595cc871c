using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>Jobs: <see href="https://kubernetes.io/docs/concepts/workloads/controllers/job/"/>.</summary>
internal sealed class JobKind() : Kind("Job", "jobs", "batch")
{
    public override string ReadyWhen => "Complete";

    public override string FailsWhen => "Failed";

    public override TargetKind InRules => TargetKind.Job;

    public override bool IsVerb => true;

    public override bool TakesPass => true;

    public override bool TakesRecord => true;

    public override bool RunsToCompletion => true;

    public override bool TakesFailFast => true;

    public override string Renewal => "Apply this release's Job (delete the old one first: a Job's pod template cannot be changed)";

    public override IEnumerable<Collection> Collections(Target target, bool endpoints) =>
        target.Record is null ? [Objects(target)] : [Objects(target), Watching.Collections.Record(target)];

    public override Collection? Pods(ObjectState state) => Watching.Collections.PodsOf(state);

    public override Verdict? EarlyEnd(ObjectState state, WantedItem item) => EarlyEnds.Job(state, item);

    public override Follower Follow(Target target, ApiServer api, TimeProvider time, Random random) =>
        new JobFollower(target, api, time, random);

    public override Task LookAsync(Collector collector, TargetFacts facts, CancellationToken cancel) =>
        collector.LookAtJobsAsync(facts, cancel);
}
