using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>A lock that the rehearsal's transaction holds on a relation.
/// <see href="https://www.postgresql.org/docs/current/explicit-locking.html"/></summary>
/// <param name="Relation">The relation's oid.</param>
/// <param name="Mode">As <c>pg_locks.mode</c> has it, such as <c>AccessExclusiveLock</c>.</param>
internal sealed record HeldLock(uint Relation, string Mode);

/// <summary>What one statement did.</summary>
/// <param name="Script">Its script.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Ran">False where it cannot run in a transaction, and was judged by its kind alone.</param>
/// <param name="Transaction">Counts the transactions that the scripts would use: statements with the same number share one.</param>
/// <param name="Before">The catalogs before it.</param>
/// <param name="After">The catalogs after it.</param>
/// <param name="Locks">What it locked beyond what the transaction had before; locks of reads (<c>AccessShareLock</c>) are left
/// out.</param>
/// <param name="Scanned">Rows that it read by sequential scans, by the relation's oid.</param>
/// <param name="Changed">Rows that it inserted, updated or deleted, by the relation's oid.</param>
/// <param name="Updated">Rows that it updated or deleted, by the relation's oid.</param>
/// <param name="Took">How long it took.</param>
internal sealed record Observation(
    Script Script,
    Statement Statement,
    bool Ran,
    int Transaction,
    Catalog Before,
    Catalog After,
    IReadOnlyList<HeldLock> Locks,
    IReadOnlyDictionary<uint, long> Scanned,
    IReadOnlyDictionary<uint, long> Changed,
    IReadOnlyDictionary<uint, long> Updated,
    TimeSpan Took
);

/// <summary>All that the rules judge.</summary>
/// <param name="Origin">The catalogs before the first script that is judged: what is not in them is new, and nobody uses it yet.</param>
/// <param name="Observations">The statements of the judged scripts, in their order.</param>
/// <param name="Options">What the user set.</param>
internal sealed record Rehearsal(Catalog Origin, IReadOnlyList<Observation> Observations, LintOptions Options);

/// <summary>What the rules can be told.</summary>
/// <param name="BigTable">From that many rows on a table is big; 0 or more.</param>
/// <param name="Long">Work under a lock that takes longer is reported.</param>
/// <param name="Style">Whether the rules of style apply, which are off by default.</param>
/// <param name="AdditiveOnly">Whether what takes something away from the running release can be allowed by no comment.</param>
internal sealed record LintOptions(long BigTable = 100_000, TimeSpan? Long = null, bool Style = false, bool AdditiveOnly = false)
{
    /// <summary>True where the scripts ran on a database of their own: its tables hold no rows; their sizes are those of the named
    /// database, and not known where it does not have them.</summary>
    public bool Shadow { get; init; }

    /// <summary>Half a second, unless told otherwise.</summary>
    public TimeSpan LongWork => Long ?? TimeSpan.FromMilliseconds(500);
}
