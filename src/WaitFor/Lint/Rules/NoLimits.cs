using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>Containers that the node may end first, or that take what they want.</summary>
internal sealed class NoLimits()
    : PatternRule(
        "no-limits",
        Level.Warning,
        "The container of the migration or of the gate has no limits",
        "Set requests and limits for CPU and memory"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from item in pattern
            .Jobs.Select(job => (job.Owner, job.Container, Gate: false))
            .Concat(pattern.Gates.Select(gate => (gate.Owner, gate.Container, Gate: true)))
            .DistinctBy(item => item.Container.Node)
        let resources = item.Container.Node["resources"]
        where resources?["limits"]?["memory"] is null or { IsNull: true }
        where !HasDefaults(pattern, item.Owner)
        select Found(
            item.Owner.Entry,
            resources is { Fields: not null } ? resources : item.Container.Node,
            $"container {item.Container.Name} has no memory limit, so it may be the first that a full node ends, in the middle of its work",
            item.Gate
                ? """
                    write:
                    resources:
                      requests: {cpu: 10m, memory: 32Mi}
                      limits: {cpu: 100m, memory: 64Mi}
                    """
                : """
                    write what the migration needs, for example:
                    resources:
                      requests: {cpu: 100m, memory: 64Mi}
                      limits: {cpu: "1", memory: 256Mi}
                    """
        );

    /// <summary>A LimitRange of the namespace fills in what is missing.</summary>
    private static bool HasDefaults(Pattern pattern, Workload owner) =>
        PatternIndex.Of(pattern).LimitRanges.Any(entry =>
            Look.MayShareNamespace(entry.Namespace, owner.Entry.Namespace)
            && entry.Node["spec"]?["limits"].List().Any(limit => limit["default"]?["memory"] is not null) == true
        );
}
