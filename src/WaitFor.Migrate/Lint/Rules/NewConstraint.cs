using WaitFor.Findings;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>new-constraint and stricter-constraint: the database refuses rows that the running release could write so far. Where it was
/// made the safe way (NOT VALID, an index built concurrently) it is a notice.</summary>
internal sealed class NewConstraint : ILintRule
{
    private static readonly Rule New = new(
        "new-constraint",
        Level.Warning,
        "A new constraint or unique index may refuse what the running release writes",
        "Add CHECK and FOREIGN KEY as NOT VALID and VALIDATE later; build a unique index concurrently, then USING INDEX"
    );

    private static readonly Rule Stricter = new(
        "stricter-constraint",
        Level.Warning,
        "A constraint is replaced by one that may refuse what the running release writes",
        "Add the new one as NOT VALID beside the old one, VALIDATE it, drop the old one"
    );

    public IReadOnlyList<Rule> Rules => [New, Stricter];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var constraint in unit.After.Constraints.Values)
            {
                if (Judge(unit, constraint) is { } finding)
                    yield return finding;
            }

            foreach (var index in unit.After.Indexes.Values)
            {
                if (IsNewRule(unit, index))
                {
                    var at = unit.Changing(catalog => catalog.Indexes.ContainsKey(index.Oid));
                    yield return OfIndex(at, unit.After.Relations[index.Relation], index.Name, Kinds.IsConcurrent(at.Statement));
                }
            }
        }

        foreach (var observation in rehearsal.Observations.Where(observation => !observation.Ran))
        {
            if (Kinds.UniqueIndexTable(observation) is { } table && rehearsal.Origin.Relations.ContainsKey(table.Oid))
                yield return OfIndex(observation, table, Traits.ConcurrentIndex(observation.Statement)?.Name, concurrent: true);
        }
    }

    private static Finding? Judge(Unit unit, Constraint constraint)
    {
        if (constraint.Kind is not ('c' or 'f' or 'u' or 'p' or 'x') || Owner(unit, constraint) is not { } owner)
            return null;
        if (unit.Before.Constraints.TryGetValue(constraint.Oid, out var was))
            return unit.Origin.Constraints.ContainsKey(constraint.Oid) && ConstraintStrength.IsStricter(was, constraint)
                ? Replaced(unit, constraint, owner, was)
                : null;
        if (
            ConstraintStrength.IsIdle(constraint)
            || ConstraintStrength.IsImplied(unit, constraint)
            || IsInherited(unit, constraint)
            || IsOfNewColumns(unit, constraint.Relation, constraint.Columns, constraint)
        )
            return null;
        if (ConstraintStrength.Predecessor(unit, constraint) is { } old)
            return ConstraintStrength.IsLooser(unit, old, constraint) ? null : Replaced(unit, constraint, owner, old);
        var at = unit.Changing(catalog => catalog.Constraints.ContainsKey(constraint.Oid));
        return New.At(
            at,
            $"constraint {constraint.Name} on {owner}",
            Suffers(unit, constraint),
            Fix(unit, constraint),
            WasSafe(unit, at, constraint) ? Level.Notice : Level.Warning
        );
    }

    private static Finding Replaced(Unit unit, Constraint constraint, string owner, Constraint old) =>
        Stricter.At(
            unit.Changing(catalog => catalog.Constraints.GetValueOrDefault(constraint.Oid)?.Definition),
            $"constraint {constraint.Name} on {owner}",
            $"it is {constraint.Definition} now, was {old.Definition}: writes of the running release that it refuses fail",
            $"check that every running release keeps it first; then, each in its own script:\n{Fix(unit, constraint)}"
        );

    private static Finding OfIndex(Observation at, Relation table, string? name, bool concurrent) =>
        New.At(
            at,
            name is null ? table.Title : $"index {table.Schema}.{name} on {table.Title}",
            "its unique index refuses a value that exists already: writes of the running release that repeat one fail",
            concurrent
                ? "check that no running release writes a value twice before this runs"
                : "check that no running release writes a value twice; then:\n"
                    + $"CREATE UNIQUE INDEX CONCURRENTLY ... ON {SqlName.Of(table)} (...);",
            concurrent ? Level.Notice : Level.Warning
        );

    /// <summary>The table or domain; null where it is new.</summary>
    private static string? Owner(Unit unit, Constraint constraint) =>
        unit.Origin.Relations.ContainsKey(constraint.Relation) ? unit.After.Relations.GetValueOrDefault(constraint.Relation)?.Title
        : unit.Origin.Types.ContainsKey(constraint.Type) ? unit.After.Types.GetValueOrDefault(constraint.Type)?.Title
        : null;

    private static bool WasSafe(Unit unit, Observation at, Constraint constraint) =>
        constraint.Kind is 'c' or 'f'
            ? !at.After.Constraints[constraint.Oid].Validated
            : Kinds.IsConcurrent(unit.Changing(catalog => catalog.Indexes.ContainsKey(constraint.Index)).Statement);

    private static bool IsInherited(Unit unit, Constraint constraint) =>
        unit.After.Relations.TryGetValue(constraint.Relation, out var relation)
        && relation.Parent != 0
        && unit.After.Constraints.Values.Any(other =>
            other.Relation == relation.Parent
            && other.Kind == constraint.Kind
            && (other.Name == constraint.Name || other.Definition == constraint.Definition)
        );

    /// <summary>The running release does not write columns that it does not know: they get null, or their default.</summary>
    private static bool IsOfNewColumns(Unit unit, uint relation, IReadOnlyList<short> numbers, Constraint? check)
    {
        if (!unit.Origin.Relations.TryGetValue(relation, out var origin) || numbers.Count == 0 || numbers.Any(origin.Columns.ContainsKey))
            return false;
        var columns = numbers.Select(number => Unit.Column(unit.After, relation, number)).OfType<Column>().ToList();
        if (columns.Count < numbers.Count)
            return false;
        return check is { Kind: 'c' or 'f' }
            ? !check.Definition.Contains("IS NOT NULL", StringComparison.Ordinal)
                || columns.TrueForAll(column => column.Default is not null)
            // The second row with a constant default is refused.
            : columns.Exists(column => column.Default is null || column.Default.Contains('(', StringComparison.Ordinal));
    }

    /// <summary>True for a new unique index that no constraint stands for, and that the table's indexes did not imply.</summary>
    private static bool IsNewRule(Unit unit, TableIndex index) =>
        index.Unique
        && unit.Origin.Relations.ContainsKey(index.Relation)
        && unit.After.Relations.TryGetValue(index.Relation, out var table)
        && !unit.Before.Indexes.ContainsKey(index.Oid)
        && unit.After.Constraints.Values.All(constraint => constraint.Index != index.Oid || constraint.Kind == 'f')
        && !ConstraintStrength.IsImplied(unit, index)
        && !IsOfNewColumns(unit, index.Relation, index.Columns, check: null)
        && !unit.After.Indexes.Values.Any(other =>
            other.Relation == table.Parent && other.Unique && !unit.Before.Indexes.ContainsKey(other.Oid)
        );

    private static string Suffers(Unit unit, Constraint constraint) =>
        constraint.Kind switch
        {
            'f' => "writes of the running release without a matching row"
                + (unit.After.Relations.TryGetValue(constraint.References, out var other) ? $" in {other.Schema}.{other.Name}" : "")
                + " fail, and so do DELETEs of rows that are referenced",
            'c' => $"{constraint.Definition}: writes of the running release that it refuses fail",
            'x' => "writes of the running release that conflict with another row fail",
            _ => "writes of the running release that repeat a value fail",
        };

    private static string Fix(Unit unit, Constraint constraint)
    {
        var name = SqlName.Of(constraint.Name);
        if (!unit.After.Relations.TryGetValue(constraint.Relation, out var relation))
        {
            var type = unit.After.Types[constraint.Type];
            var domain = $"ALTER DOMAIN {SqlName.Of(type)}";
            return $"""
                check that every running release keeps it; then, each in its own script:
                {domain} ADD CONSTRAINT {name} {ConstraintStrength.Plain(constraint)} NOT VALID;
                {domain} VALIDATE CONSTRAINT {name};
                """;
        }

        var table = $"ALTER TABLE {SqlName.Of(relation)}";
        return constraint.Kind switch
        {
            'c' or 'f' => $"""
                check that every running release keeps it; then, each in its own script:
                {table} ADD CONSTRAINT {name} {ConstraintStrength.Plain(constraint)} NOT VALID;
                {table} VALIDATE CONSTRAINT {name};
                """,
            'x' => "it cannot be built without a lock; check that every running release keeps it, or make it with a new table",
            _ => $"""
                check that every running release keeps it; then, each in its own script:
                CREATE UNIQUE INDEX CONCURRENTLY {name} ON {SqlName.Of(relation)} ({Columns(relation, constraint)});
                {table} ADD CONSTRAINT {name} {(constraint.Kind == 'p' ? "PRIMARY KEY" : "UNIQUE")} USING INDEX {name};
                """,
        };
    }

    private static string Columns(Relation relation, Constraint constraint) =>
        string.Join(", ", constraint.Columns.Select(number => SqlName.Of(relation.Columns[number].Name)));
}
