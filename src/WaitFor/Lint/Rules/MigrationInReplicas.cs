using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A migration that each pod of a service runs for itself.</summary>
internal sealed class MigrationInReplicas()
    : PatternRule(
        "migration-in-replicas",
        Level.Error,
        "Each replica of a service runs the migration",
        "Move the migration into a Job named after the release, and put a gate in its place"
    )
{
    /// <summary>KEDA's default. <see href="https://keda.sh/docs/latest/reference/scaledobject-spec/#maxreplicacount"/></summary>
    private const long KedaDefault = 100;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var (owner, container, tool) in PatternIndex.Of(pattern).Migrating.Value)
        {
            var (level, pods) = Pods(pattern, owner);
            if (level is not { } known)
                continue;
            yield return Found(
                owner.Entry,
                container.Node["args"] ?? container.Node["command"] ?? container.Node,
                $"container {container.Name} runs {tool} {pods}",
                """
                move it into a Job named after the release (db-migrate-v42), and put a gate in its place:
                initContainers:
                - name: wait-for-migration
                  image: registry.example/wait-for:0.2.0
                  args: [job/db-migrate-v42, --record, db-migrations]
                """,
                known
            );
        }
    }

    /// <summary>How many pods run it; no level where none does.</summary>
    private static (Level? Level, string Pods) Pods(Pattern pattern, Workload owner)
    {
        if (owner.Entry.Kind == "DaemonSet")
            return (Level.Error, "on each node, at once");
        if (Autoscaler(pattern, owner) is { } scaler)
            return (Level.Error, $"in each pod, and {scaler.Title()} starts more of them at any time");
        var replicas = owner.Entry.Spec()["replicas"];
        var count = replicas is null or { IsNull: true } ? 1 : replicas.Number();
        return count switch
        {
            > 1 => (Level.Error, $"in each of {count} pods, at once"),
            1 => (Level.Notice, "in its only pod: a second replica, or a rolling update, would run it twice at once"),
            _ => (null, ""),
        };
    }

    /// <summary>What may give the workload more than one pod.</summary>
    private static ManifestEntry? Autoscaler(Pattern pattern, Workload owner) =>
        PatternIndex.Of(pattern).Scalers.FirstOrDefault(entry =>
            Look.MayShareNamespace(entry.Namespace, owner.Entry.Namespace)
            && entry.Spec()["scaleTargetRef"] is { } target
            && target["name"]?.Text == owner.Entry.Name
            && (target["kind"]?.Text ?? "Deployment") == owner.Entry.Kind
            && (entry.Spec()["maxReplicas"].Number() ?? entry.Spec()["maxReplicaCount"].Number() ?? KedaDefault) > 1
        );
}
