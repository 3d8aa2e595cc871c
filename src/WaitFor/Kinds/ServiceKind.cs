using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>Services, judged by their endpoints: <see href="https://kubernetes.io/docs/concepts/services-networking/service/"/>.</summary>
internal sealed class ServiceKind() : Kind("Service", "services", "", "svc")
{
    public override string ReadyWhen => "a ready endpoint, and none that is not ready";

    public override TargetKind InRules => TargetKind.Service;

    public override bool IsVerb => true;

    public override bool TakesSuffix => false;

    public override bool TakesExpected => false;

    public override bool TakesMinReady(bool named) => true;

    /// <summary>Slices are among them even where the server has none: without the right to list them it would not say so.</summary>
    public override IEnumerable<Collection> Collections(Target target, bool endpoints) =>
        endpoints
            ? [Objects(target), Watching.Collections.EndpointSlices(target), Watching.Collections.Endpoints(target)]
            : [Objects(target), Watching.Collections.EndpointSlices(target)];

    public override Follower Follow(Target target, ApiServer api, TimeProvider time, Random random) =>
        new ServiceFollower(target, api, time, random);

    public override Task LookAsync(Collector collector, TargetFacts facts, CancellationToken cancel) =>
        collector.LookAtServicesAsync(facts, cancel);
}
