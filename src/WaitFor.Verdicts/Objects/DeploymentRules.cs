using System.Globalization;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a Deployment: whether its rollout is complete.
/// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status"/></summary>
public static class DeploymentRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state)
    {
        if (ObjectRules.Before(state, observed: true) is { } before)
            return before;
        if (DeadlineExceeded(state) is { } exceeded)
            return Verdict.Failed(VerdictCode.ProgressDeadlineExceeded, exceeded);
        if (state.Count("spec", "replicas") is not { } wanted)
            return ObjectRules.NotReadable("spec.replicas");

        var updated = state.Count("status", "updatedReplicas") ?? 0;
        var all = state.Count("status", "replicas") ?? 0;
        var available = state.Count("status", "availableReplicas") ?? 0;
        var counts = $"{updated} of {Words.Count(wanted, "replica")} updated, {available} available";
        if (state.Condition("ReplicaFailure") is { Status: "True" } failure)
            return Verdict.Pending(VerdictCode.ReplicaFailure, $"{counts}; {ObjectRules.Said(failure)}");
        if (updated < wanted)
            return state.True("spec", "paused")
                ? Verdict.Pending(VerdictCode.RolloutPaused, $"{counts}; the rollout is paused")
                : Verdict.Pending(VerdictCode.RolloutUpdating, counts);
        // Those of all revisions; fewer than those of the newest one are not counted yet.
        if (all != updated)
            return Verdict.Pending(
                VerdictCode.RolloutOldPods,
                all > updated ? $"{counts}; {Words.Count(all - updated, "old replica")} left" : $"{counts}; {all} in all"
            );
        if (available < updated)
            return Verdict.Pending(VerdictCode.RolloutNotAvailable, counts);
        return Verdict.Met(VerdictCode.RolloutComplete, wanted == 0 ? "complete, with 0 replicas: no pods are desired" : counts);
    }

    /// <summary>As <see cref="Judge(ObjectState)"/>, Met only at one revision (<c>rollout status --revision=N</c>); Failed when a newer one
    /// has taken its place.</summary>
    /// <param name="state">The Deployment.</param>
    /// <param name="revision">The revision, 1 or more, as <c>kubectl rollout history</c> counts.</param>
    public static Verdict Judge(ObjectState state, long revision)
    {
        if (ObjectRules.Before(state, observed: true) is { } before)
            return before;
        var text = state.Text("metadata", "annotations", "deployment.kubernetes.io/revision");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var now) && now >= revision
            ? now == revision
                ? Judge(state)
                : Verdict.Failed(VerdictCode.RevisionReplaced, $"revision {now} has taken the place of revision {revision}")
            : Verdict.Pending(VerdictCode.RevisionNotReached, $"at revision {text ?? "not set"}, not yet at revision {revision}");
    }

    /// <summary>Why the rollout counts as failed: past its progress deadline; null where it is not. The status is not of an older
    /// spec.</summary>
    internal static string? DeadlineExceeded(ObjectState state) =>
        state.Condition("Progressing") is { Status: "False", Reason: "ProgressDeadlineExceeded" } condition
            ? ObjectRules.Said(condition)
            : null;
}
