using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Locks that a statement takes again: where all scripts run in one transaction, an earlier script holds them already, and the
/// server does not show them a second time. They are derived from what the statement changed.</summary>
internal static class RepeatedLocks
{
    private const string RowExclusive = "RowExclusiveLock";
    private const string ShareUpdateExclusive = "ShareUpdateExclusiveLock";
    private const string Share = "ShareLock";
    private const string ShareRowExclusive = "ShareRowExclusiveLock";

    /// <summary>The modes, the strongest last.
    /// <see href="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"/></summary>
    private static readonly string[] Modes =
    [
        "AccessShareLock", "RowShareLock", RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, "ExclusiveLock",
        "AccessExclusiveLock",
    ];

    /// <summary>The locks of a statement that are not new to the transaction.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="earlier">What earlier scripts hold.</param>
    /// <param name="before">The catalogs before it.</param>
    /// <param name="after">The catalogs after it.</param>
    /// <param name="changed">The relations whose rows it changed.</param>
    public static IEnumerable<HeldLock> Of(
        Statement statement,
        Activity earlier,
        Catalog before,
        Catalog after,
        IReadOnlyCollection<uint> changed
    )
    {
        var altered = ReferenceEquals(before, after) ? [] : Altered(before, after);
        foreach (var (relation, activity) in earlier.Relations)
        {
            if (altered.Contains(relation) && before.Relations.ContainsKey(relation))
            {
                var strongest = activity.Modes.MaxBy(mode => Array.IndexOf(Modes, mode))!;
                yield return new HeldLock(relation, Weaker(ModeOf(statement), strongest));
            }
            else if (changed.Contains(relation) && activity.Modes.Contains(RowExclusive, StringComparer.Ordinal))
            {
                yield return new HeldLock(relation, RowExclusive);
            }
        }
    }

    /// <summary>The relations that are not what they were, with their indexes and constraints.</summary>
    private static HashSet<uint> Altered(Catalog before, Catalog after) =>
        [
            .. Differing(before.Relations, after.Relations).Select(relation => relation.Oid),
            .. Differing(before.Indexes, after.Indexes).Select(index => index.Relation),
            .. Differing(before.Constraints, after.Constraints)
                .SelectMany(constraint => new[] { constraint.Relation, constraint.References }),
        ];

    private static IEnumerable<T> Differing<T>(IReadOnlyDictionary<uint, T> before, IReadOnlyDictionary<uint, T> after)
        where T : class =>
        ReferenceEquals(before, after)
            ? []
            : before
                .Where(pair => !ReferenceEquals(after.GetValueOrDefault(pair.Key), pair.Value))
                .Concat(after.Where(pair => !ReferenceEquals(before.GetValueOrDefault(pair.Key), pair.Value)))
                .Select(pair => pair.Value);

    private static string Weaker(string? one, string other) =>
        one is not null && Array.IndexOf(Modes, one) < Array.IndexOf(Modes, other) ? one : other;

    /// <summary>The mode of a statement that takes less than the strongest; null where its text does not tell.</summary>
    private static string? ModeOf(Statement statement)
    {
        var words = RawWords.Of(statement.Text).Take(200).ToList();
        return words switch
        {
            ["create", "index", ..] or ["create", "unique", "index", ..] => Share,
            ["create", "trigger", ..] or ["create", "constraint", "trigger", ..] => ShareRowExclusive,
            ["alter", "table", ..] when words.Contains("validate") && !words.Contains(",") => ShareUpdateExclusive,
            ["alter", "table", ..] when words.Contains("statistics") && !words.Contains(",") => ShareUpdateExclusive,
            ["alter", "table", ..] when words.Contains("references") && !words.Contains("column") => ShareRowExclusive,
            _ => null,
        };
    }
}
