using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>generated-changed: a generated column is computed in another way, or no longer.</summary>
internal sealed class GeneratedChanged : ILintRule
{
    private static readonly Rule Changed = new(
        "generated-changed",
        Level.Warning,
        "A generated column gets another expression, or is no longer generated",
        "Add another column beside it, and let the next release use that"
    );

    public IReadOnlyList<Rule> Rules => [Changed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var change in Unit.Topmost(unit.Columns().Where(change => change.Before.Generated != ' ' && IsOther(unit, change))))
            {
                yield return Changed.At(
                    unit.Changing(catalog =>
                        Unit.Column(catalog, change.Relation.Oid, change.Origin.Number) is { } column
                            ? (column.Generated, column.Default)
                            : default
                    ),
                    change.Title,
                    change.After.Generated == ' '
                        ? $"it is no longer generated as {change.Before.Default}: writes of the running release leave it as it is"
                        : $"it is generated as {change.After.Default} now, was {change.Before.Default}: the running release reads other "
                            + "values",
                    $"""
                    add another column beside it, and let the next release use that:
                    ALTER TABLE {SqlName.Of(change.Relation)} ADD COLUMN {SqlName.Of(change.Before.Name + "_new")} {change.After.Type};
                    """
                );
            }
        }
    }

    private static bool IsOther(Unit unit, ColumnChange change)
    {
        if (change.Before.Generated != change.After.Generated)
            return change.Differs(column => column.Generated);
        // Another type of a column makes the expressions over it again, with casts.
        return change.Differs(column => column.Default)
            && !unit.Columns()
                .Any(other => other.Relation.Oid == change.Relation.Oid && other.Before.TypeOid != other.After.TypeOid)
            && Renames.Of(unit, change.Relation.Oid).Apply(change.Before.Default ?? "") != change.After.Default;
    }
}
