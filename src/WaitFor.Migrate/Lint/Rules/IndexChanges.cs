namespace WaitFor.Migrate.Lint.Rules;

/// <summary>What happens to indexes by way of their table.</summary>
internal static class IndexChanges
{
    /// <summary>True where a column of the table got another type: its indexes are made again.</summary>
    public static bool Retyped(Relation before, Relation after) =>
        before.Columns.Values.Any(column =>
            after.Columns.TryGetValue(column.Number, out var now)
            && (column.TypeOid, column.Modifier) != (now.TypeOid, now.Modifier)
        );

    /// <summary>True where the table lost a column, and with it each index over it.</summary>
    public static bool LostColumn(Relation before, Relation after) => before.Columns.Keys.Any(number => !after.Columns.ContainsKey(number));
}
