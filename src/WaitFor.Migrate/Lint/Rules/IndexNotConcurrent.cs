using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>index-not-concurrent: an index is built on an existing table while nobody can write it.</summary>
internal sealed class IndexNotConcurrent : ILintRule
{
    private static readonly Rule Built = new(
        "index-not-concurrent",
        Level.Error,
        "An index of an existing table is built without CONCURRENTLY: writes wait",
        "Use CREATE INDEX CONCURRENTLY, in its own script"
    );

    public IReadOnlyList<Rule> Rules => [Built];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            var built = Of(observation).Where(index => rehearsal.Origin.Relations.ContainsKey(index.Relation)).ToList();
            foreach (var index in built)
            {
                var table = rehearsal.Origin.Relations[index.Relation];
                // A constraint's index is the constraint's matter; a partition's comes with its parent's.
                if (
                    observation.After.Constraints.Values.Any(constraint => constraint.Index == index.Oid && constraint.Kind != 'f')
                    || built.Exists(other => table.Partition && other.Relation == table.Parent)
                )
                    continue;
                yield return Built.At(
                    observation,
                    $"index {index.Schema}.{index.Name} on {table.Title}",
                    $"it is built without CONCURRENTLY ({sizes.Text(table)}): nobody can write to the table meanwhile",
                    Fix(index, table),
                    sizes.Level(table, Level.Notice)
                );
            }
        }
    }

    /// <summary>The indexes that a plain statement built: not those that a change of a column's type made again, and not those of a
    /// partitioned table without partitions.</summary>
    public static IEnumerable<TableIndex> Of(Observation observation)
    {
        if (ReferenceEquals(observation.Before, observation.After) || Kinds.IsConcurrent(observation.Statement))
            yield break;
        foreach (var index in observation.After.Indexes.Values)
        {
            if (
                !observation.Before.Indexes.ContainsKey(index.Oid)
                && observation.After.Relations.TryGetValue(index.Relation, out var table)
                && observation.Before.Relations.TryGetValue(index.Relation, out var before)
                && !(IndexChanges.Retyped(before, table) && observation.Before.Indexes.Values.Any(old => IsSame(old, index)))
                && (table.Kind != 'p' || HasNewIndexOnPart(observation, index))
            )
                yield return index;
        }
    }

    private static bool IsSame(TableIndex old, TableIndex index) => old.Relation == index.Relation && old.Name == index.Name;

    /// <summary>CREATE INDEX ON ONLY builds nothing.</summary>
    private static bool HasNewIndexOnPart(Observation observation, TableIndex index) =>
        observation.After.Indexes.Values.Any(part =>
            !observation.Before.Indexes.ContainsKey(part.Oid)
            && observation.Before.Relations.TryGetValue(part.Relation, out var table)
            && table.Parent == index.Relation
        );

    private static string Fix(TableIndex index, Relation table)
    {
        var text = index.Definition.Replace(" INDEX ", " INDEX CONCURRENTLY ", StringComparison.Ordinal);
        var only = index.Definition.Contains(" ON ONLY ", StringComparison.Ordinal)
            ? index.Definition
            : index.Definition.Replace(" ON ", " ON ONLY ", StringComparison.Ordinal);
        return table.Kind == 'p'
            ? $"""
            build it part by part, each in its own script:
            {only};
            CREATE INDEX CONCURRENTLY ... ON ...;
            ALTER INDEX {SqlName.Of(index)} ATTACH PARTITION ...;
            """
            : $"in its own script:\n{text};";
    }
}
