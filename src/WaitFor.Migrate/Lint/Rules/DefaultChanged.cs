using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-default and set-default: what a column gets where an INSERT does not give it.</summary>
internal sealed class DefaultChanged : ILintRule
{
    private static readonly Rule Dropped = new(
        "drop-default",
        Level.Warning,
        "An existing column loses its default, and INSERTs of the running release may rely on it",
        "Drop it in a later release, after every release that inserts gives the value"
    );

    private static readonly Rule Set = new(
        "set-default",
        Level.Notice,
        "An existing column gets another default, which INSERTs of the running release get too",
        "Check that the running release can read the new value"
    );

    public IReadOnlyList<Rule> Rules => [Dropped, Set];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            var changes = unit.Columns()
                .Where(change => change is { Before.Generated: ' ', After.Generated: ' ', After.Identity: ' ' } && IsOther(unit, change));
            foreach (var change in Unit.Topmost(changes))
            {
                var at = unit.Changing(catalog => Unit.Column(catalog, change.Relation.Oid, change.Origin.Number)?.Default);
                if (change.After.Default is null)
                    yield return Dropped.At(
                        at,
                        change.Title,
                        $"its default {change.Before.Default} is dropped: INSERTs of the running release that do not give it "
                            + (change.After.NotNull ? "fail" : "write null"),
                        $"""
                        drop it in a later release, after every release that inserts gives the value:
                        ALTER TABLE {SqlName.Of(change.Relation)} ALTER COLUMN {SqlName.Of(change.Before.Name)} DROP DEFAULT;
                        """
                    );
                else
                    yield return Set.At(
                        at,
                        change.Title,
                        $"its default is {change.After.Default} now, was {change.Before.Default ?? "null"}: "
                            + "INSERTs of the running release that do not give it write that"
                    );
            }
        }
    }

    /// <summary>A change of the type, or the name of a sequence or function, changes how the same default is written.</summary>
    private static bool IsOther(Unit unit, ColumnChange change) =>
        change.Differs(column => column.Default)
        && (
            change.After.Default is null
            || (
                (change.Before.TypeOid, change.Before.Modifier) == (change.After.TypeOid, change.After.Modifier)
                && (change.Before.Default is not { } was || Renames.Of(unit, change.Relation.Oid).Apply(was) != change.After.Default)
            )
        );
}
