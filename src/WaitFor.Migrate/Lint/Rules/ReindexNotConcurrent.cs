using WaitFor.Findings;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>reindex-not-concurrent: indexes of an existing table are built again while nobody can write it.</summary>
internal sealed class ReindexNotConcurrent : ILintRule
{
    private static readonly Rule Rebuilt = new(
        "reindex-not-concurrent",
        Level.Error,
        "An index of an existing table is rebuilt without CONCURRENTLY: writes wait",
        "Use REINDEX ... CONCURRENTLY (PostgreSQL 12), in its own script"
    );

    public IReadOnlyList<Rule> Rules => [Rebuilt];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            if (!observation.Ran && Kinds.Verb(observation.Statement) == "reindex" && IsOfMany(observation.Statement))
                yield return Rebuilt.At(
                    observation,
                    subject: null,
                    $"{Traits.Start(observation.Statement)} builds all indexes again: nobody can write to their tables meanwhile",
                    "write CONCURRENTLY before the name",
                    rehearsal.Origin.Relations.Values.Select(relation => sizes.Level(relation, Level.Notice)).Max() ?? Level.Notice
                );
            foreach (var (table, indexes) in Of(observation))
            {
                if (!rehearsal.Origin.Relations.TryGetValue(table, out var known))
                    continue;
                var one = indexes is [var index] ? index : null;
                yield return Rebuilt.At(
                    observation,
                    one is null ? known.Title : $"index {one.Schema}.{one.Name} on {known.Title}",
                    $"{(one is null ? "its indexes are" : "it is")} built again without CONCURRENTLY ({sizes.Text(known)}): nobody can "
                        + "write the table meanwhile, nor read it by the index",
                    "in its own script:\nREINDEX "
                        + (one is null ? $"TABLE CONCURRENTLY {SqlName.Of(known)};" : $"INDEX CONCURRENTLY {SqlName.Of(one)};"),
                    sizes.Level(known, Level.Notice)
                );
            }
        }
    }

    /// <summary>REINDEX SCHEMA, DATABASE and SYSTEM cannot run in a transaction.</summary>
    private static bool IsOfMany(Statement statement) => Traits.Of(statement) == Surroundings.NoTransaction;

    /// <summary>The indexes with another file, by table, where the table has none.</summary>
    public static IEnumerable<(uint Table, IReadOnlyList<TableIndex> Indexes)> Of(Observation observation)
    {
        if (ReferenceEquals(observation.Before, observation.After) || Kinds.IsConcurrent(observation.Statement))
            return [];
        return observation
            .Before.Indexes.Values.Where(index =>
                index.FileNode != 0
                && observation.After.Indexes.TryGetValue(index.Oid, out var now)
                && now.FileNode != index.FileNode
                && observation.Before.Relations.TryGetValue(index.Relation, out var before)
                && observation.After.Relations.TryGetValue(index.Relation, out var after)
                && before.FileNode == after.FileNode
            )
            .GroupBy(index => index.Relation)
            .Select(group => (group.Key, (IReadOnlyList<TableIndex>)[.. group]));
    }
}
