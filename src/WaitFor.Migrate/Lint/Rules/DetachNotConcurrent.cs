using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>detach-not-concurrent: a partition is detached under a lock that holds up everybody on the whole table.</summary>
internal sealed class DetachNotConcurrent : ILintRule
{
    private static readonly Rule Detached = new(
        "detach-not-concurrent",
        Level.Error,
        "A partition is detached without CONCURRENTLY: the partitioned table is locked",
        "Use DETACH PARTITION ... CONCURRENTLY (PostgreSQL 14), in its own script"
    );

    public IReadOnlyList<Rule> Rules => [Detached];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            if (ReferenceEquals(observation.Before, observation.After) || Kinds.IsConcurrent(observation.Statement))
                continue;
            foreach (var before in observation.Before.Relations.Values.Where(relation => relation.Partition))
            {
                if (
                    !rehearsal.Origin.Relations.ContainsKey(before.Oid)
                    || !rehearsal.Origin.Relations.TryGetValue(before.Parent, out var parent)
                    || !observation.After.Relations.TryGetValue(before.Oid, out var after)
                    || after.Partition
                    || !observation.After.Relations.ContainsKey(parent.Oid)
                )
                    continue;
                yield return Detached.At(
                    observation,
                    before.Title,
                    $"it is detached from {parent.Schema}.{parent.Name} without CONCURRENTLY ({sizes.Text(parent)}): every query on "
                        + $"{parent.Schema}.{parent.Name} waits until the lock is acquired and the transaction has ended",
                    $"""
                    in its own script:
                    ALTER TABLE {SqlName.Of(parent)} DETACH PARTITION {SqlName.Of(before)} CONCURRENTLY;
                    """,
                    sizes.Level(parent, Level.Notice)
                );
            }
        }
    }
}
