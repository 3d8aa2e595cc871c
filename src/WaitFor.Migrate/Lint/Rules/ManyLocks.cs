using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>many-locks: one transaction locks several tables one after the other, as the application may do in another order.</summary>
internal sealed class ManyLocks : ILintRule
{
    private static readonly Rule Many = new(
        "many-locks",
        Level.Warning,
        "One transaction locks several existing tables exclusively: the application may deadlock",
        "Use one script for each table"
    );

    public IReadOnlyList<Rule> Rules => [Many];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var transaction in rehearsal.Observations.GroupBy(observation => observation.Transaction))
        {
            var (tables, steps, last) = (new List<Relation>(), 0, (Observation?)null);
            foreach (var observation in transaction)
            {
                var locked = TableLocks
                    .Of(observation, sizes)
                    .Where(held => held is { Mode: TableLocks.AccessExclusive, Table.Kind: 'r' or 'p' })
                    .Select(held => held.Table)
                    .Where(table => tables.TrueForAll(other => other.Oid != table.Oid))
                    .ToList();
                if (locked.Count == 0)
                    continue;
                tables.AddRange(locked);
                (steps, last) = (steps + Steps(observation, locked), observation);
            }

            if (steps > 1)
                yield return Many.At(
                    last!,
                    tables[^1].Title,
                    $"the transaction holds ACCESS EXCLUSIVE on {Reporting.List(tables.Select(table => $"{table.Schema}.{table.Name}"))}: "
                        + "it deadlocks with a transaction of the application that uses them in another order",
                    "use one script for each table"
                );
        }
    }

    /// <summary>How many of the tables could be locked apart: one ALTER TABLE, or the drop of one table, may need others (a foreign key's
    /// other side) at once.</summary>
    private static int Steps(Observation observation, List<Relation> locked) =>
        Kinds.Verb(observation.Statement) switch
        {
            "alter" => 1,
            "drop" => Math.Max(1, locked.Count(table => !observation.After.Relations.ContainsKey(table.Oid))),
            _ => locked.Count,
        };
}
