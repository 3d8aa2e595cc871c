using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report.Hints;

/// <summary>What workloads and other objects, and their events, say of themselves.</summary>
internal static class ObjectHints
{
    /// <summary>A paused Deployment rolls out nothing.
    /// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment"/></summary>
    public static Finding? RolloutPaused(TargetFacts facts) =>
        facts.Objects is [{ Metadata: { } item }, ..] && facts.Verdict.Code == VerdictCode.RolloutPaused
            ? new(
                $"{facts.Target.Kind.Word} {item.Name} is paused",
                $"Resume it: kubectl rollout resume {facts.Target.Kind.Word}/{item.Name} -n {item.Namespace}"
            )
            : null;

    /// <summary>Quota or admission refuses the pods, as the condition says.</summary>
    public static Finding? ReplicasRefused(TargetFacts facts) =>
        JobHints.PodsRefused(facts) is null && Said(facts, "ReplicaFailure", "True") is { Message: { } message }
            ? new(message, JobHints.PodsRefused(message).Action)
            : null;

    /// <summary>No progress for too long: what holds it up stands with the pods, if anywhere.</summary>
    public static Finding? ProgressDeadline(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.ProgressDeadlineExceeded && facts.Objects is [{ Metadata: { } item }, ..]
            ? new(
                $"{facts.Target.Kind.Word} {item.Name} made no progress for its progressDeadlineSeconds",
                "Correct what its newest pods report and roll out again, or raise progressDeadlineSeconds if they only need longer."
            )
            : null;

    /// <summary>The controller has not said anything about the newest spec.</summary>
    public static Finding? ControllerSilent(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.NotObserved
            ? new(
                $"the controller of {facts.Target.Kind.Word} objects has not processed the newest spec",
                "Check that its controller (for custom resources the operator) runs, can read the object, and is not behind."
            )
            : null;

    /// <summary>Why there is no volume, by the claim's events.
    /// <see href="https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode"/></summary>
    public static Finding? ClaimNotBound(TargetFacts facts)
    {
        if (facts.Verdict.Code != VerdictCode.ClaimNotBound)
            return null;
        var told = facts.Events.FirstOrDefault(item =>
            item.Reason is "WaitForFirstConsumer" or "FailedBinding" or "ProvisioningFailed" or "ExternalProvisioning"
        );
        return told is null ? null : new(
                $"the claim is not bound: {told.Message}",
                told.Reason switch
                {
                    "WaitForFirstConsumer" => "Wait for the pod that uses the claim: its volume is created only when that pod is "
                        + "scheduled.",
                    "ProvisioningFailed" => "Correct what the provisioner names, or the claim's storageClassName.",
                    "ExternalProvisioning" => "Check that the provisioner that the message names runs.",
                    _ => "Create a matching PersistentVolume, or name a storageClassName that provisions one.",
                }
            );
    }

    /// <summary>What a namespace still holds.</summary>
    public static Finding? NamespaceHeld(TargetFacts facts)
    {
        var left = facts.Verdict.Code is VerdictCode.BeingDeleted or VerdictCode.ObjectNotDeleted
            ? Said(facts, "NamespaceContentRemaining", "True") ?? Said(facts, "NamespaceFinalizersRemaining", "True")
            : null;
        return left is null ? null : new(
                $"namespace {facts.Objects[0].Metadata?.Name} still contains objects: {left.Message}",
                "Find the controllers whose finalizers the message names, and why they do not finish; if they are gone for good, remove "
                    + "the finalizers from these objects."
            );
    }

    /// <summary>A CustomResourceDefinition wants a name that another one of its group has.
    /// <see href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"/></summary>
    public static Finding? NamesTaken(TargetFacts facts) =>
        Said(facts, "NamesAccepted", "False") is { Message: { Length: > 0 } message }
            ? new(message, "Correct the names of this one, or delete the CustomResourceDefinition that has them (kubectl get crd).")
            : null;

    /// <summary>The object's own condition says what is wrong.</summary>
    public static Finding? NotReady(TargetFacts facts) =>
        facts.Verdict.Code is VerdictCode.ObjectNotReady or VerdictCode.ObjectStalled or VerdictCode.ObjectsNotReady
        && (Said(facts, "Stalled", "True") ?? Said(facts, "Ready", "False")) is { Message: { Length: > 0 } message }
            ? new(
                message,
                "Correct what the message names; the object's controller then retries."
            )
            : null;

    /// <summary>The node's kubelet does not report.
    /// <see href="https://kubernetes.io/docs/reference/node/node-status/#condition"/></summary>
    public static Finding? NodeSilent(TargetFacts facts) =>
        facts.Target.Kind is Kinds.NodeKind
        && facts.Verdict.Code == VerdictCode.ObjectNotReady
        && facts.Objects is [{ Metadata: { } node }, ..]
        && Said(facts, "Ready", "Unknown") is { Message: { Length: > 0 } message }
            ? new(
                message.TrimEnd('.'),
                $"Check that the node runs and that its kubelet reaches the API server: kubectl describe node {node.Name}"
            )
            : null;

    /// <summary>Nothing in the object says when it is ready.</summary>
    public static Finding? NoConditionReady(TargetFacts facts)
    {
        if (facts.Verdict.Code != VerdictCode.ObjectNotReady || facts.Objects is not [var item, ..])
            return null;
        if (item.Conditions.Any(condition => condition?.Type == "Ready") || facts.Target.Kind.IsKnown)
            return null;
        var types = item.Conditions.Select(condition => condition?.Type).OfType<string>().ToList();
        return new(
            $"it has no condition Ready{(types.Count > 0 ? $"; it has {string.Join(", ", types)}" : "")}",
            $"Name the condition or field to wait for: --for=condition={(types.Count > 0 ? types[0] : "NAME")}, or "
                + "--for=jsonpath='{.status.phase}'=VALUE."
        );
    }

    private static Condition? Said(TargetFacts facts, string type, string status) =>
        facts.Objects.Select(item => item.Condition(type)).FirstOrDefault(condition => condition?.Status == status);
}
