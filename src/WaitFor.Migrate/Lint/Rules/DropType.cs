using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-type: an enum, domain, composite or range type is gone, and none of that name takes its values.</summary>
internal sealed class DropType : ILintRule
{
    private static readonly Rule Dropped = new(
        "drop-type",
        Level.Error,
        "A type that the running release may name is dropped, or loses some of its values",
        "Drop it in a later release, after no pod names it"
    );

    public IReadOnlyList<Rule> Rules => [Dropped];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var was in unit.Before.Types.Values)
            {
                if (!unit.Origin.Types.TryGetValue(was.Oid, out var known) || unit.After.Types.ContainsKey(was.Oid))
                    continue;
                // By the name that the running release knows: it may have been renamed out of the way first.
                var now = Successors.Of(known, unit.After);
                if (now is not null && Successors.Serves(known, now))
                    continue;
                var lost = now is null ? [] : known.Labels.Values.Except(now.Labels.Values, StringComparer.Ordinal).ToList();
                var labels = Reporting.List(lost.Select(label => $"'{label}'"));
                yield return Dropped.At(
                    unit.Changing(catalog => catalog.Types.ContainsKey(was.Oid)),
                    known.Title,
                    now is null ? "it is dropped: statements of the running release that name it fail"
                        : lost.Count > 0 ? $"it is created again without {labels}: the running release may use that value"
                        : "it is created again with another definition: statements of the running release that use it may fail",
                    $"""
                    drop it in a later release, after no pod names it; the script of that release says:
                    -- migrate: allow {Dropped.Name}  the last release that used {known.Name} is gone
                    DROP TYPE {SqlName.Of(known)};
                    """
                );
            }
        }
    }
}
