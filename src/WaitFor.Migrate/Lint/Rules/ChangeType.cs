using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>change-type: a column, or an attribute of a composite type, has another type. A type that takes all values of the old one in
/// the same form is a notice.</summary>
internal sealed class ChangeType : ILintRule
{
    private static readonly Rule Changed = new(
        "change-type",
        Level.Error,
        "A column that the running release may use gets another type",
        "Add a column of the new type, write both, copy the values in batches, switch, and drop the old one two releases later"
    );

    public IReadOnlyList<Rule> Rules => [Changed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            var changes = unit.Columns().Where(change => change.Differs(column => (column.TypeOid, column.Modifier)));
            foreach (var change in Unit.Topmost(changes))
                yield return Judge(unit, change);
            foreach (var origin in unit.Origin.Types.Values.Where(type => type.Kind == 'c'))
            {
                if (
                    unit.Before.Types.TryGetValue(origin.Oid, out var before)
                    && unit.After.Types.TryGetValue(origin.Oid, out var after)
                    && after.Definition != before.Definition
                    && Lists.Split(origin.Definition ?? "").Except(Lists.Split(after.Definition ?? ""), StringComparer.Ordinal).ToList()
                        is { Count: > 0 } lost
                )
                    yield return Changed.At(
                        unit.Changing(catalog => catalog.Types.GetValueOrDefault(origin.Oid)?.Definition),
                        before.Title,
                        $"it is no longer made of {Reporting.List(lost)}: statements of the running release that use it may fail",
                        "make another type beside it, and let the next release use that"
                    );
            }
        }
    }

    private static Finding Judge(Unit unit, ColumnChange change)
    {
        var at = unit.Changing(catalog =>
            Unit.Column(catalog, change.Relation.Oid, change.Origin.Number) is { } column ? (column.TypeOid, column.Modifier) : default
        );
        var types = $"its type changes from {change.Origin.Type} to {change.After.Type}";
        if (Widening.Is(change.Origin, change.After, unit.Origin))
            return Changed.At(
                at,
                change.Title,
                $"{types}, which takes every value of the old one in the same form",
                "nothing to do for the database; check that the running release can read longer values",
                Level.Notice
            );
        var (table, now) = (SqlName.Of(change.Relation), SqlName.Of(change.After.Name + "_new"));
        return Changed.At(
            at,
            change.Title,
            $"{types}: the running release may fail to read or write it, and its prepared statements fail",
            $"""
            add a column of the new type, write both, copy the values in batches, switch in the next release, drop the old one later:
            ALTER TABLE {table} ADD COLUMN {now} {change.After.Type};
            UPDATE {table} SET {now} = {SqlName.Of(change.After.Name)} WHERE ${"{batch}"} AND {now} IS NULL;
            """
        );
    }
}
