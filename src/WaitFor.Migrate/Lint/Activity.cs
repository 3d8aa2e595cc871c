namespace WaitFor.Migrate.Lint;

/// <summary>What a transaction has done so far, as the server counts it.
/// <see href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS"/></summary>
/// <param name="At">The server's clock, in seconds.</param>
/// <param name="Relations">The relations that it holds locks on.</param>
/// <param name="Catalogs">How often it has written the catalogs.</param>
internal sealed record Activity(
    double At,
    IReadOnlyDictionary<uint, RelationActivity> Relations,
    IReadOnlyDictionary<uint, CatalogCount> Catalogs
)
{
    /// <summary>A transaction that has just begun.</summary>
    public static Activity None { get; } = new(0, new Dictionary<uint, RelationActivity>(), new Dictionary<uint, CatalogCount>());

    /// <summary>What was locked since an earlier look, but for reads: the text of a view locks its tables so when it is read.</summary>
    public List<HeldLock> LocksSince(Activity earlier) =>
        [
            .. Relations
                .SelectMany(relation => relation.Value.Modes.Select(mode => new HeldLock(relation.Key, mode)))
                .Where(held =>
                    held.Mode != "AccessShareLock"
                    && earlier.Relations.GetValueOrDefault(held.Relation)?.Modes.Contains(held.Mode, StringComparer.Ordinal) != true
                )
                .OrderBy(held => held.Relation),
        ];

    /// <summary>A count by relation since an earlier look, where there is any.</summary>
    public Dictionary<uint, long> Since(Activity earlier, Func<RelationActivity, long> count) =>
        Relations
            .Select(relation =>
                (
                    relation.Key,
                    Count: count(relation.Value) - (earlier.Relations.GetValueOrDefault(relation.Key) is { } old ? count(old) : 0)
                )
            )
            .Where(pair => pair.Count > 0)
            .ToDictionary(pair => pair.Key, pair => pair.Count);
}

/// <summary>What a transaction has done to a relation.</summary>
/// <param name="Modes">The locks, as <c>pg_locks.mode</c> has them.</param>
/// <param name="Read">Rows read by sequential scans.</param>
/// <param name="Inserted">Rows inserted.</param>
/// <param name="Updated">Rows updated.</param>
/// <param name="Deleted">Rows deleted.</param>
internal sealed record RelationActivity(IReadOnlyList<string> Modes, long Read, long Inserted, long Updated, long Deleted)
{
    /// <summary>Whether there is any count.</summary>
    public bool IsCounted => Read + Inserted + Updated + Deleted > 0;
}
