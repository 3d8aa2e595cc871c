using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>Deployments: <see href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"/>.</summary>
internal sealed class DeploymentKind() : WorkloadKind("Deployment", "deployments", "apps", DeploymentRules.Judge, "deploy")
{
    private const string Hash = "pod-template-hash";

    public override string ReadyWhen => "all replicas updated and available, no old one left";

    public override string FailsWhen => "past its progress deadline";

    public override bool TakesRevision => true;

    public override Verdict Judge(Target target, ObjectState state) =>
        target.Revision is { } revision ? DeploymentRules.Judge(state, revision) : base.Judge(target, state);

    public override Verdict? EarlyEnd(ObjectState state, WantedItem item) => EarlyEnds.Deployment(state, item);

    /// <summary>The condition Progressing names the newest ReplicaSet, whose name ends with its pods' hash; where it does not, the youngest
    /// pod is the newest.</summary>
    public override bool IsNewest(ObjectState state, PodState pod, IReadOnlyList<PodState> pods)
    {
        if (state.NewestReplicaSet() is { } newest)
            return Label(pod, Hash) is { } hash && newest.EndsWith("-" + hash, StringComparison.Ordinal);
        return Label(pod, Hash) == Label(pods.MaxBy(one => one.Metadata?.CreationTimestamp, StringComparer.Ordinal) ?? pod, Hash);
    }
}
