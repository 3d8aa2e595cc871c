namespace WaitFor.Migrate.Lint;

/// <summary>The workers of a parallel index build count the rows that they read apart: who builds an index reads its whole table.</summary>
internal static class ParallelScans
{
    /// <summary>The server builds indexes of smaller tables by itself (min_parallel_table_scan_size).</summary>
    private const long Smallest = 8 << 20;

    /// <summary>Completes the counted rows, by the relation's oid.</summary>
    public static Dictionary<uint, long> Complete(Dictionary<uint, long> counted, Catalog before, Catalog after)
    {
        if (ReferenceEquals(before.Indexes, after.Indexes))
            return counted;
        foreach (var index in after.Indexes.Values)
        {
            if (
                index.FileNode != 0
                && index.FileNode != before.Indexes.GetValueOrDefault(index.Oid)?.FileNode
                && before.Relations.GetValueOrDefault(index.Relation) is { Bytes: >= Smallest } table
                && counted.TryGetValue(index.Relation, out var read)
                && read < table.Rows
            )
                counted[index.Relation] = (long)table.Rows;
        }

        return counted;
    }
}
