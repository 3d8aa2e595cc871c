using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-index-not-concurrent: an index is dropped under a lock that waits for, and holds up, everybody on its table.</summary>
internal sealed class DropIndexNotConcurrent : ILintRule
{
    private static readonly Rule Dropped = new(
        "drop-index-not-concurrent",
        Level.Error,
        "An existing index is dropped without CONCURRENTLY: reads and writes wait",
        "Use DROP INDEX CONCURRENTLY, in its own script"
    );

    public IReadOnlyList<Rule> Rules => [Dropped];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            if (ReferenceEquals(observation.Before, observation.After) || Kinds.IsConcurrent(observation.Statement))
                continue;
            var dropped = observation
                .Before.Indexes.Values.Where(index =>
                    rehearsal.Origin.Indexes.ContainsKey(index.Oid)
                    && !observation.After.Indexes.ContainsKey(index.Oid)
                    && observation.Before.Relations.TryGetValue(index.Relation, out var before)
                    && observation.After.Relations.TryGetValue(index.Relation, out var after)
                    && !IndexChanges.Retyped(before, after)
                    && !IndexChanges.LostColumn(before, after)
                    && observation.Before.Constraints.Values.All(constraint => constraint.Index != index.Oid || constraint.Kind == 'f')
                )
                .ToList();
            foreach (var index in dropped)
            {
                var table = rehearsal.Origin.Relations[index.Relation];
                if (dropped.Exists(other => table.Partition && other.Relation == table.Parent))
                    continue;
                yield return Dropped.At(
                    observation,
                    $"index {index.Schema}.{index.Name} on {table.Title}",
                    $"it is dropped without CONCURRENTLY ({sizes.Text(table)}): every query on the table waits until the lock is acquired "
                        + "and the transaction has ended",
                    table.Kind == 'p'
                        ? "a partitioned index cannot be dropped concurrently: do it in its own script, with a lock_timeout"
                        : $"in its own script:\nDROP INDEX CONCURRENTLY {SqlName.Of(index)};",
                    table.Kind == 'p' && sizes.Of(table) != TableSize.Small ? Level.Warning : sizes.Level(table, Level.Notice)
                );
            }
        }
    }
}
