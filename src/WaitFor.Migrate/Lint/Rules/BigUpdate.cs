using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>big-update: one transaction changes so many rows that whoever writes one of them waits, and replicas fall behind.</summary>
internal sealed class BigUpdate : ILintRule
{
    /// <summary>So many rows are many in any table.</summary>
    private const long ManyRows = 10_000;

    /// <summary>More than this part of a big table is much.</summary>
    private const double Part = 0.1;

    private static readonly Rule Big = new(
        "big-update",
        Level.Error,
        "One transaction updates or deletes many rows of a big table",
        "Write it as a batched script, which commits batch by batch"
    );

    public IReadOnlyList<Rule> Rules => [Big];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        // A batched script was run for its first batch, and commits after each.
        var whole = rehearsal.Observations.Where(observation => observation.Script.Batch is null);
        foreach (var transaction in whole.GroupBy(observation => observation.Transaction))
        {
            var changes = transaction
                .SelectMany(observation =>
                    observation.Updated.Select(pair => (At: observation, Root: sizes.Root(pair.Key), Rows: pair.Value))
                )
                .Where(change => change.Root is not null && change.Rows > 0)
                .GroupBy(change => change.Root!.Oid);
            foreach (var table in changes)
            {
                var (root, rows) = (table.First().Root!, table.Sum(change => change.Rows));
                var big = sizes.Of(root) == TableSize.Big || rows >= rehearsal.Options.BigTable;
                if (rows < ManyRows && !(big && rows > Part * Math.Max(sizes.Rows(root), rehearsal.Options.BigTable)))
                    continue;
                yield return Found(
                    rehearsal.Origin,
                    table.GroupBy(change => change.At).MaxBy(change => change.Sum(part => part.Rows))!.Key,
                    root,
                    $"{(sizes.Rows(root) < 0 ? Reporting.Rows(rows) : $"{rows:#,0} of {sizes.Text(root)}")} are updated or deleted in one "
                        + "transaction: whoever writes one of them waits until its end, and replicas fall behind",
                    big ? Level.Error : Level.Warning
                );
            }

            foreach (var observation in rehearsal.Options.Shadow ? transaction : Enumerable.Empty<Observation>())
            {
                if (
                    Kinds.WholeTable(observation) is { } named
                    && sizes.Root(named.Oid) is { Kind: 'r' or 'p' } all
                    && !observation.Updated.Keys.Any(oid => sizes.Root(oid)?.Oid == all.Oid)
                )
                    yield return Found(
                        rehearsal.Origin,
                        observation,
                        all,
                        "all its rows are updated or deleted in one transaction, and a shadow database does not tell how many",
                        Level.Warning
                    );
            }
        }
    }

    private static Finding Found(Catalog origin, Observation at, Relation table, string message, Level level)
    {
        var key = origin.Constraints.Values.FirstOrDefault(constraint => constraint.Kind == 'p' && constraint.Relation == table.Oid);
        var columns = (key?.Columns ?? []).Select(number => table.Columns.GetValueOrDefault(number)?.Name ?? "...").ToList();
        var written = columns.Count > 1 ? $"({string.Join(", ", columns)})" : columns.FirstOrDefault() ?? "...";
        var statement = Kinds.Verb(at.Statement) == "delete" ? $"DELETE FROM {SqlName.Of(table)}" : $"UPDATE {SqlName.Of(table)} SET ...";
        return Big.At(
            at,
            table.Title,
            message,
            $"""
            in its own script, which commits batch by batch:
            -- migrate: batch table={table.Schema}.{table.Name} key={written}
            {statement} WHERE ${"{batch}"};
            """,
            level
        );
    }
}
