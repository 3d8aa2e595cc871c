using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>refresh-not-concurrent: a materialized view is filled again while nobody can read it.</summary>
internal sealed class RefreshNotConcurrent : ILintRule
{
    private static readonly Rule Refreshed = new(
        "refresh-not-concurrent",
        Level.Error,
        "An existing materialized view is refreshed without CONCURRENTLY: reads wait",
        "Use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index"
    );

    public IReadOnlyList<Rule> Rules => [Refreshed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            foreach (var before in Of(observation))
            {
                if (!rehearsal.Origin.Relations.TryGetValue(before.Oid, out var known))
                    continue;
                yield return Refreshed.At(
                    observation,
                    before.Title,
                    $"it is refreshed without CONCURRENTLY ({sizes.Text(known)}): nobody can read it meanwhile",
                    observation.Before.Indexes.Values.Any(index =>
                        index is { Unique: true, Partial: false } && index.Relation == before.Oid
                    )
                        ? $"REFRESH MATERIALIZED VIEW CONCURRENTLY {SqlName.Of(before)};"
                        : $"""
                        with a unique index over its rows:
                        CREATE UNIQUE INDEX CONCURRENTLY ... ON {SqlName.Of(before)} (...);
                        REFRESH MATERIALIZED VIEW CONCURRENTLY {SqlName.Of(before)};
                        """,
                    sizes.Level(known, Level.Notice)
                );
            }
        }
    }

    /// <summary>The materialized views with another file.</summary>
    public static IEnumerable<Relation> Of(Observation observation) =>
        ReferenceEquals(observation.Before, observation.After)
            ? []
            : observation.Before.Relations.Values.Where(before =>
                before.Kind == 'm'
                && observation.After.Relations.TryGetValue(before.Oid, out var after)
                && before.FileNode != after.FileNode
            );
}
