namespace WaitFor.Migrate.Lint.Rules;

/// <summary>What the rules of style look at: new tables and columns, as they are at the end, since nobody uses them before.</summary>
internal static class Style
{
    /// <summary>The new tables, with the statement that made each; none where these rules are off.</summary>
    public static IEnumerable<(Relation Table, Catalog Final, Observation At)> NewTables(Rehearsal rehearsal)
    {
        if (!rehearsal.Options.Style || rehearsal.Observations.Count == 0)
            yield break;
        var final = rehearsal.Observations[^1].After;
        foreach (var table in final.Relations.Values)
        {
            if (
                table is { Kind: 'r' or 'p', Partition: false }
                && !rehearsal.Origin.Relations.ContainsKey(table.Oid)
                && Making(rehearsal, catalog => catalog.Relations.ContainsKey(table.Oid)) is { } at
            )
                yield return (table, final, at);
        }
    }

    /// <summary>The new columns of new and existing tables.</summary>
    public static IEnumerable<(Relation Table, Column Column, Catalog Final, Observation At)> NewColumns(Rehearsal rehearsal)
    {
        if (!rehearsal.Options.Style || rehearsal.Observations.Count == 0)
            yield break;
        var final = rehearsal.Observations[^1].After;
        foreach (var table in final.Relations.Values.Where(relation => relation is { Kind: 'r' or 'p', Partition: false }))
        {
            foreach (var column in table.Columns.Values)
            {
                if (
                    Unit.Column(rehearsal.Origin, table.Oid, column.Number) is null
                    && Making(rehearsal, catalog => Unit.Column(catalog, table.Oid, column.Number) is not null) is { } at
                )
                    yield return (table, column, final, at);
            }
        }
    }

    /// <summary>The title of a column.</summary>
    public static string Title(Relation table, Column column) => $"column {table.Schema}.{table.Name}.{column.Name}";

    /// <summary>The statement that made something.</summary>
    public static Observation? Making(Rehearsal rehearsal, Func<Catalog, bool> exists) =>
        rehearsal.Observations.FirstOrDefault(observation => !exists(observation.Before) && exists(observation.After));
}
