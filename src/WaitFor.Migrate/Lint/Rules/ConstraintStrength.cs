namespace WaitFor.Migrate.Lint.Rules;

/// <summary>Compares constraints: whether one refuses what another takes.</summary>
internal static class ConstraintStrength
{
    private const string NotValid = " NOT VALID";

    private static readonly string[] ActionsOnDelete = ["ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE SET DEFAULT"];

    /// <summary>The definition without NOT VALID.</summary>
    public static string Plain(Constraint constraint) => constraint.Definition.Replace(NotValid, "", StringComparison.Ordinal);

    /// <summary>True where PostgreSQL does not check it (18 and newer).</summary>
    public static bool IsIdle(Constraint constraint) => constraint.Definition.Contains("NOT ENFORCED", StringComparison.Ordinal);

    /// <summary>True where a changed constraint is checked that was not, or at each statement instead of at the end.</summary>
    public static bool IsStricter(Constraint was, Constraint now) =>
        (IsIdle(was) && !IsIdle(now)) || (IsDeferrable(was) && !IsDeferrable(now));

    /// <summary>True where the table refused all that the constraint refuses before the unit already.</summary>
    public static bool IsImplied(Unit unit, Constraint constraint) =>
        unit.Before.Constraints.Values.Any(other =>
            other.Relation == constraint.Relation
            && other.Type == constraint.Type
            && other.Kind == constraint.Kind
            && Plain(other) == Plain(constraint)
        )
        || (
            constraint.Kind is 'u' or 'p'
            && unit.Before.Indexes.Values.Any(index => index.Relation == constraint.Relation && Covers(index, constraint.Columns))
        );

    /// <summary>The same of a unique index.</summary>
    public static bool IsImplied(Unit unit, TableIndex index) =>
        unit.Before.Indexes.Values.Any(other =>
            other.Relation == index.Relation
            && other.Unique
            && ((Covers(other, index.Columns) && !index.Columns.Contains((short)0)) || Meaning(other) == Meaning(index))
        );

    /// <summary>The constraint that a new one takes the place of; null where it is new altogether.</summary>
    public static Constraint? Predecessor(Unit unit, Constraint constraint) =>
        unit.Before.Constraints.Values.Where(other =>
                other.Relation == constraint.Relation
                && other.Type == constraint.Type
                && other.Kind == constraint.Kind
                && !unit.After.Constraints.ContainsKey(other.Oid)
                && (other.Name == constraint.Name || SameColumns(other, constraint))
            )
            .OrderByDescending(other => other.Name == constraint.Name)
            .FirstOrDefault()
        ?? unit.Before.Constraints.Values.FirstOrDefault(other =>
            constraint.Kind == 'f' && other.Kind == 'f' && other.Relation == constraint.Relation && SameKey(other, constraint)
        );

    /// <summary>True where a new constraint surely takes all that the one before it took.</summary>
    public static bool IsLooser(Unit unit, Constraint old, Constraint now)
    {
        // A change of a column's type makes its constraints again, with casts.
        if (old.Name == now.Name && Retyped(unit, now))
            return true;
        return now.Kind switch
        {
            'f' => SameKey(old, now)
                && (!IsDeferrable(old) || IsDeferrable(now))
                && !Lost(old, now)
                && (IsWhole(old) || !IsWhole(now)),
            'c' => Expression.IsLooser(Plain(old), Plain(now)),
            'u' or 'p' => old.Columns.All(now.Columns.Contains) && (!IsDeferrable(old) || IsDeferrable(now)),
            _ => false,
        };

        static bool Lost(Constraint old, Constraint now) =>
            ActionsOnDelete.Any(action =>
                old.Definition.Contains(action, StringComparison.Ordinal) && !now.Definition.Contains(action, StringComparison.Ordinal)
            );
    }

    private static bool IsWhole(Constraint constraint) => constraint.Definition.Contains("MATCH FULL", StringComparison.Ordinal);

    private static bool Covers(TableIndex index, IReadOnlyList<short> columns) =>
        index is { Unique: true, Partial: false, Valid: true }
        && index.Columns.Count > 0
        && index.Columns.All(column => column != 0 && columns.Contains(column));

    private static string Meaning(TableIndex index) =>
        index.Definition.IndexOf(" ON ", StringComparison.Ordinal) is >= 0 and var at ? index.Definition[at..] : index.Definition;

    private static bool IsDeferrable(Constraint constraint) =>
        constraint.Definition.Contains(" DEFERRABLE", StringComparison.Ordinal)
        && !constraint.Definition.Contains("NOT DEFERRABLE", StringComparison.Ordinal);

    private static bool SameColumns(Constraint one, Constraint other) =>
        one.Columns.Count > 0 && one.Columns.Order().SequenceEqual(other.Columns.Order());

    private static bool SameKey(Constraint one, Constraint other) =>
        one.References == other.References && one.Columns.SequenceEqual(other.Columns);

    private static bool Retyped(Unit unit, Constraint constraint) =>
        constraint.Columns.Any(number =>
            Unit.Column(unit.Before, constraint.Relation, number) is { } was
            && Unit.Column(unit.After, constraint.Relation, number) is { } now
            && (was.TypeOid, was.Modifier) != (now.TypeOid, now.Modifier)
        );
}
