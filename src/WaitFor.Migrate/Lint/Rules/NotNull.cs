using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>set-not-null and drop-not-null: a column, or a domain, takes null no longer, or takes it now.</summary>
internal sealed class NotNull : ILintRule
{
    private static readonly Rule Set = new(
        "set-not-null",
        Level.Error,
        "An existing column becomes NOT NULL, and the running release may write null",
        "Add CHECK (... IS NOT NULL) NOT VALID, VALIDATE it, SET NOT NULL, drop the CHECK: each in its own script"
    );

    private static readonly Rule Dropped = new(
        "drop-not-null",
        Level.Notice,
        "An existing column takes null, and the running release may not expect to read it",
        "Write null only after no pod is left that cannot read it"
    );

    public IReadOnlyList<Rule> Rules => [Set, Dropped];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var change in Unit.Topmost(unit.Columns().Where(change => change.Differs(column => column.NotNull))))
            {
                var at = unit.Changing(catalog => Unit.Column(catalog, change.Relation.Oid, change.Origin.Number)?.NotNull);
                yield return change.After.NotNull
                    ? NowNotNull(at, change)
                    : Dropped.At(at, change.Title, "it takes null now, which the running release may not expect to read");
            }

            foreach (var origin in unit.Origin.Types.Values.Where(type => type.Kind == 'd'))
            {
                if (!unit.Before.Types.TryGetValue(origin.Oid, out var before) || !unit.After.Types.ContainsKey(origin.Oid))
                    continue;
                var (first, was, now) = (
                    Domains.NotNull(unit.Origin, origin.Oid),
                    Domains.NotNull(unit.Before, origin.Oid),
                    Domains.NotNull(unit.After, origin.Oid)
                );
                if (was == now || first == now)
                    continue;
                var at = unit.Changing(catalog => Domains.NotNull(catalog, origin.Oid));
                yield return now
                    ? Set.At(at, before.Title, "it becomes NOT NULL: statements of the running release that write null fail")
                    : Dropped.At(at, before.Title, "it takes null now, which the running release may not expect to read");
            }
        }
    }

    private static Finding NowNotNull(Observation at, ColumnChange change)
    {
        var (table, column) = (SqlName.Of(change.Relation), SqlName.Of(change.After.Name));
        if (IsProved(at.Before, change))
            return Set.At(
                at,
                change.Title,
                "it becomes NOT NULL; a CHECK refuses null already, so the table is not scanned",
                $"""
                check that no running release writes null; then drop the CHECK, which is not needed any more:
                ALTER TABLE {table} DROP CONSTRAINT ...;
                """,
                Level.Warning
            );
        var check = SqlName.Of($"{change.Relation.Name}_{change.After.Name}_not_null");
        return Set.At(
            at,
            change.Title,
            "it becomes NOT NULL: statements of the running release that write null fail, and the table is scanned under a lock",
            $"""
            after every running release writes it, each in its own script:
            ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;
            ALTER TABLE {table} VALIDATE CONSTRAINT {check};
            ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;
            ALTER TABLE {table} DROP CONSTRAINT {check};
            """
        );
    }

    /// <summary>PostgreSQL takes such a CHECK as proof, and does not scan.
    /// <see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"/></summary>
    private static bool IsProved(Catalog before, ColumnChange change) =>
        before.Constraints.Values.Any(constraint =>
            constraint.Relation == change.Relation.Oid
            && constraint is { Kind: 'c', Validated: true }
            && constraint.Columns.Contains(change.Origin.Number)
            && Refuses(constraint.Definition, Unit.Column(before, change.Relation.Oid, change.Origin.Number)?.Name ?? change.Before.Name)
            && !constraint.Definition.Contains(" OR ", StringComparison.Ordinal)
        );

    private static bool Refuses(string definition, string column) =>
        definition.Contains($"({column} IS NOT NULL)", StringComparison.Ordinal)
        || definition.Contains($"({SqlName.Of(column)} IS NOT NULL)", StringComparison.Ordinal)
        || definition.Contains($"(\"{column}\" IS NOT NULL)", StringComparison.Ordinal);
}
