using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>Pods by what they are.</summary>
internal static class PodStates
{
    public static IReadOnlyDictionary<string, Func<JsonObject>> ByName { get; } =
        new Dictionary<string, Func<JsonObject>>(StringComparer.Ordinal)
        {
            ["ready"] = Ready,
            ["succeeded"] = Succeeded,
            ["failed"] = Failed,
            ["failed-bare"] = FailedBare,
            ["replaced"] = Replaced,
            ["unready"] = Unready,
            ["unscheduled"] = Unscheduled,
            ["unknown"] = () => Ready().Condition("Ready", "Unknown"),
            ["deleting"] = Deleting,
            ["deleting-failed"] = () => Failed().Deleting(),
            ["stale"] = () => Ready().Label("version", "1"),
        };

    /// <summary>A pod of a ReplicaSet, ready.</summary>
    public static JsonObject Ready() => Recording.End("deployment-service-rollout", "pods", 1);

    /// <summary>A pod of a ReplicaSet that lost its readiness.</summary>
    public static JsonObject Unready() => Recording.End("deployment-service-rollout", "pods", 0);

    public static JsonObject Succeeded() => Recording.End("pod-completed", "pods");

    /// <summary>A pod of a Job, failed.</summary>
    public static JsonObject Failed() => Recording.End("job-failed-backoff0", "pods");

    /// <summary>A failed pod that nobody controls.</summary>
    public static JsonObject FailedBare() => Failed().Without("metadata.ownerReferences");

    /// <summary>A failed pod that its ReplicaSet replaces.</summary>
    public static JsonObject Replaced() => Failed().OwnedBy("ReplicaSet");

    public static JsonObject Unscheduled() => Recording.End("job-unschedulable", "pods");

    /// <summary>As recorded: Running and Ready, and being deleted.</summary>
    public static JsonObject Deleting() => Recording.Line("job-deadline-exceeded", "pods", 6);
}
