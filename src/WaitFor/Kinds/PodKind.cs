using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>Pods: <see href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"/>.</summary>
internal sealed class PodKind() : Kind("Pod", "pods", "", "po")
{
    public override string ReadyWhen => "Ready or Succeeded";

    public override string FailsWhen => "it failed and nothing replaces it";

    public override TargetKind InRules => TargetKind.Pod;

    public override bool IsVerb => true;

    public override bool IsPods => true;

    public override bool TakesFailFast => true;

    public override string Renewal => "Roll out this release's pods";

    public override bool TakesMinReady(bool named) => !named;

    public override bool IncludesOwnPod(Target target) =>
        target is { Name: null, Selector: null, FieldSelector: null, Expected.MinReady: null };

    public override Collection? Pods(ObjectState state) =>
        Watching.Collections.Pods(state.Metadata?.Namespace, labels: null) with { Name = state.Metadata?.Name };

    public override Verdict? EarlyEnd(ObjectState state, WantedItem item) => EarlyEnds.Pod(state, item);

    public override Follower Follow(Target target, ApiServer api, TimeProvider time, Random random) =>
        new PodFollower(target, api, time, random);

    public override Task LookAsync(Collector collector, TargetFacts facts, CancellationToken cancel) =>
        collector.LookAtKnownPodsAsync(facts, cancel);
}
