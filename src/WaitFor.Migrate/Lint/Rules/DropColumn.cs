using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-column: a column is gone.</summary>
internal sealed class DropColumn : ILintRule
{
    private static readonly Rule Dropped = new(
        "drop-column",
        Level.Error,
        "A column that the running release may use is dropped",
        "Drop it in a later release, after no pod reads or writes it"
    );

    public IReadOnlyList<Rule> Rules => [Dropped];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            var lost = unit
                .Relations()
                .SelectMany(relation =>
                    relation.Before.Columns.Values.Where(column =>
                            relation.Origin.Columns.ContainsKey(column.Number) && !relation.After.Columns.ContainsKey(column.Number)
                        )
                        .Select(column => (Relation: relation.Before, Column: column))
                )
                .ToList();
            foreach (var (relation, column) in lost)
            {
                // A partition or child loses it with its parent.
                if (lost.Exists(other => other.Relation.Oid == relation.Parent && other.Column.Name == column.Name))
                    continue;
                var again = unit.After.Relations[relation.Oid].Columns.Values.Any(other => other.Name == column.Name);
                yield return Dropped.At(
                    unit.Changing(catalog => Unit.Column(catalog, relation.Oid, column.Number) is null),
                    $"column {relation.Schema}.{relation.Name}.{column.Name}",
                    again
                        ? "it is dropped with its values, and another column takes its name"
                        : "it is dropped: statements of the running release that name it fail",
                    $"""
                    drop it in a later release, after no pod reads or writes it; the script of that release says:
                    -- migrate: allow {Dropped.Name}  the last release that used {column.Name} is gone
                    ALTER TABLE {SqlName.Of(relation)} DROP COLUMN {SqlName.Of(column.Name)};
                    """
                );
            }
        }
    }
}
