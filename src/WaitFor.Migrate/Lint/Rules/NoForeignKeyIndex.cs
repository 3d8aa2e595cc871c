using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>no-fk-index (style): a new foreign key has no index on its columns.</summary>
internal sealed class NoForeignKeyIndex : ILintRule
{
    private static readonly Rule Missing = new(
        "no-fk-index",
        Level.Notice,
        "A new foreign key has no index: a DELETE in the other table scans this one",
        "Create an index on its columns"
    );

    public IReadOnlyList<Rule> Rules => [Missing];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        if (!rehearsal.Options.Style || rehearsal.Observations.Count == 0)
            yield break;
        var final = rehearsal.Observations[^1].After;
        foreach (var key in final.Constraints.Values.Where(constraint => constraint.Kind == 'f'))
        {
            if (
                rehearsal.Origin.Constraints.ContainsKey(key.Oid)
                || !final.Relations.TryGetValue(key.Relation, out var table)
                || table.Partition
                || final.Indexes.Values.Any(index => index.Relation == key.Relation && !index.Partial && Begins(index, key.Columns))
                || Style.Making(rehearsal, catalog => catalog.Constraints.ContainsKey(key.Oid)) is not { } at
            )
                continue;
            var columns = string.Join(", ", key.Columns.Select(number => SqlName.Of(table.Columns[number].Name)));
            yield return Missing.At(
                at,
                $"constraint {key.Name} on {table.Title}",
                $"no index begins with {columns}: a DELETE, or a change of the key, in the table that it references scans "
                    + $"{table.Schema}.{table.Name}",
                $"CREATE INDEX CONCURRENTLY ON {SqlName.Of(table)} ({columns});"
            );
        }
    }

    private static bool Begins(TableIndex index, IReadOnlyList<short> columns) =>
        index.Columns.Count >= columns.Count && index.Columns.Take(columns.Count).Order().SequenceEqual(columns.Order());
}
