using WaitFor.Findings;

namespace WaitFor.Migrate.Lint;

/// <summary>How big a table is.</summary>
internal enum TableSize
{
    /// <summary>Whatever is done to it is done soon.</summary>
    Small,

    /// <summary>It was never analyzed, or it is in a shadow database and not in the named one.</summary>
    Unknown,

    /// <summary>At least <see cref="LintOptions.BigTable"/> rows.</summary>
    Big,
}

/// <summary>Sizes of tables, as they were before the first script; a partitioned table is as big as its partitions together.</summary>
internal sealed class Sizes(Rehearsal rehearsal)
{
    private readonly Catalog _origin = rehearsal.Origin;

    /// <summary>The estimated rows; -1 where they are unknown.</summary>
    public double Rows(Relation relation)
    {
        var parts = _origin.Relations.Values.Where(other => other.Partition && other.Parent == relation.Oid).ToList();
        if (relation.Kind != 'p' || parts.Count == 0)
            return relation.Kind == 'p' ? Math.Max(0, relation.Rows) : relation.Rows;
        var rows = parts.ConvertAll(Rows);
        // Some partitions were analyzed and are big enough already, whatever the others hold.
        var known = rows.Where(row => row > 0).Sum();
        return rows.Contains(-1) && known < rehearsal.Options.BigTable ? -1 : known;
    }

    /// <summary>The size of a relation that existed before the first script.</summary>
    public TableSize Of(Relation relation) =>
        rehearsal.Options.BigTable == 0 ? TableSize.Big
        : Rows(relation) is var rows && rows < 0 ? TableSize.Unknown
        : rows >= rehearsal.Options.BigTable ? TableSize.Big
        : TableSize.Small;

    /// <summary>The level of what harms on big tables only.</summary>
    public Level? Level(Relation relation, Level? small) =>
        Of(relation) switch
        {
            TableSize.Big => WaitFor.Findings.Level.Error,
            TableSize.Unknown => WaitFor.Findings.Level.Warning,
            _ => small,
        };

    /// <summary>Such as <c>about 2,000,000 rows</c>, in two digits: it is an estimate.</summary>
    public string Text(Relation relation)
    {
        var rows = Rows(relation);
        if (rows < 0)
            return "unknown size";
        var digit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, rows))) - 1));
        return $"about {Reporting.Rows(Math.Round(rows / digit) * digit)}";
    }

    /// <summary>The partitioned table at the top of a partition; a relation itself where it is none. Null where the relation did not exist
    /// before the first script.</summary>
    public Relation? Root(uint oid)
    {
        if (!_origin.Relations.TryGetValue(oid, out var relation))
            return null;
        while (relation.Partition && _origin.Relations.TryGetValue(relation.Parent, out var parent))
            relation = parent;
        return relation;
    }
}
