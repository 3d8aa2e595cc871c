namespace WaitFor.Migrate.Lint.Rules;

/// <summary>The locks on existing tables that hold up queries of the running release.
/// <see href="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"/></summary>
internal static class TableLocks
{
    /// <summary>Nobody can read or write the table.</summary>
    public const string AccessExclusive = "AccessExclusiveLock";

    /// <summary>From the weakest to the strongest: nobody can write the table; the last: nor read it.</summary>
    private static readonly string[] Blocking = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", AccessExclusive];

    /// <summary>The strongest such lock that a statement took on each table that existed before, partitions with their table.</summary>
    public static IEnumerable<(Relation Table, string Mode)> Of(Observation observation, Sizes sizes) =>
        observation
            .Locks.Select(held => (Table: sizes.Root(held.Relation), held.Mode, Strength: Array.IndexOf(Blocking, held.Mode)))
            // Nobody writes a view of either kind.
            .Where(held => held is { Table.Kind: 'r' or 'p' or 'f', Strength: >= 0 } or { Table.Kind: 'm' or 'v', Mode: AccessExclusive })
            .GroupBy(held => held.Table!.Oid)
            .Select(group => group.MaxBy(held => held.Strength))
            .Select(held => (held.Table!, held.Mode));

    /// <summary>The mode as PostgreSQL's documentation writes it: <c>ACCESS EXCLUSIVE</c>.</summary>
    public static string Title(string mode) =>
        mode switch
        {
            AccessExclusive => "ACCESS EXCLUSIVE",
            "ExclusiveLock" => "EXCLUSIVE",
            "ShareRowExclusiveLock" => "SHARE ROW EXCLUSIVE",
            _ => "SHARE",
        };
}
