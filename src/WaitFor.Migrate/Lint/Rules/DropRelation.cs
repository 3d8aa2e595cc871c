using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-table, drop-view and drop-sequence: a relation is gone. A view that is made again with its columns is not.</summary>
internal sealed class DropRelation : ILintRule
{
    private static readonly Rule Table = new(
        "drop-table",
        Level.Error,
        "A table that the running release may use is dropped",
        "Drop it in a later release, after no pod uses it"
    );

    private static readonly Rule View = new(
        "drop-view",
        Level.Error,
        "A view that the running release may use is dropped, or created again with other columns",
        "Drop it in a later release, after no pod uses it; give a view with other columns another name"
    );

    private static readonly Rule Sequence = new(
        "drop-sequence",
        Level.Error,
        "A sequence that the running release may use is dropped",
        "Drop it in a later release, after no pod uses it"
    );

    public IReadOnlyList<Rule> Rules => [Table, View, Sequence];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var was in unit.Before.Relations.Values)
            {
                if (!unit.Origin.Relations.ContainsKey(was.Oid) || unit.After.Relations.ContainsKey(was.Oid) || GoesAlong(unit, was))
                    continue;
                var rule = was.Kind switch
                {
                    'v' or 'm' => View,
                    'S' => Sequence,
                    _ => Table,
                };
                var now = Successors.Of(was, unit.After);
                var lacks = now is null ? null : Successors.Lacks(was, now);
                if (rule != Table && now is not null && lacks is null)
                    continue;
                yield return rule.At(
                    unit.Changing(catalog => catalog.Relations.ContainsKey(was.Oid)),
                    was.Title,
                    now is null ? "it is dropped: statements of the running release that name it fail"
                        : rule == Table ? $"it is dropped with its rows, and another {now.Word} takes its name"
                        : $"it is created again {lacks}: statements of the running release that use it fail",
                    rule == View && now is not null
                        ? $"""
                        keep it, and give the new view another name that the next release uses:
                        CREATE VIEW {SqlName.Of(was.Schema)}.{SqlName.Of(was.Name + "_v2")} AS ...;
                        """
                        : $"""
                        drop it in a later release, after no pod uses it; the script of that release says:
                        -- migrate: allow {rule.Name}  the last release that used {was.Name} is gone
                        DROP {was.Word.ToUpperInvariant()} {SqlName.Of(was)};
                        """
                );
            }
        }
    }

    /// <summary>Partitions go with their table; a sequence goes with the table, the column or the identity that owns it.</summary>
    private static bool GoesAlong(Unit unit, Relation was)
    {
        if (was.Parent == 0 || !(was.Partition || was.Kind == 'S') || !unit.Before.Relations.TryGetValue(was.Parent, out var parent))
            return false;
        if (!unit.After.Relations.TryGetValue(was.Parent, out var left))
            return true;
        return was.Kind == 'S'
            && parent.Columns.Values.Any(column =>
                !left.Columns.TryGetValue(column.Number, out var now) || (column.Identity != ' ' && now.Identity == ' ')
            );
    }
}
