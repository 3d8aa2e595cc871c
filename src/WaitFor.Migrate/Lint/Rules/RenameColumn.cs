using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>rename-column: a column has another name.</summary>
internal sealed class RenameColumn : ILintRule
{
    private static readonly Rule Renamed = new(
        "rename-column",
        Level.Error,
        "A column that the running release may use gets another name",
        "Add a column of the new name, write both, copy the values in batches, and drop the old one two releases later"
    );

    public IReadOnlyList<Rule> Rules => [Renamed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var change in Unit.Topmost(unit.Columns().Where(change => change.Differs(column => column.Name))))
            {
                var (table, old, now) = (SqlName.Of(change.Relation), SqlName.Of(change.Origin.Name), SqlName.Of(change.After.Name));
                yield return Renamed.At(
                    unit.Changing(catalog => Unit.Column(catalog, change.Relation.Oid, change.Origin.Number)?.Name),
                    change.Title,
                    $"it is renamed to {change.After.Name}: statements of the running release that name it fail",
                    change.Relation.Kind is 'v' or 'm'
                        ? "keep the view, and make another one with the new name, which the next release uses"
                        : $"""
                        in three releases: add the new column, written by trigger or by the release; copy the values in batches and read it;
                        drop the old one after no pod uses it:
                        ALTER TABLE {table} ADD COLUMN {now} {change.After.Type};
                        UPDATE {table} SET {now} = {old} WHERE ${"{batch}"} AND {now} IS DISTINCT FROM {old};
                        ALTER TABLE {table} DROP COLUMN {old};
                        """
                );
            }
        }
    }
}
