using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>rewrite and truncate: a table has another file, with its rows, or without them.</summary>
internal sealed class Rewrite : ILintRule
{
    private static readonly Rule Rewritten = new(
        "rewrite",
        Level.Error,
        "A big table is rewritten while nobody can read or write it",
        "Add a column beside the old one and fill it in batches; repack with a tool that works online"
    );

    private static readonly Rule Truncated = new(
        "truncate",
        Level.Error,
        "All rows of an existing table are removed while nobody can read or write it",
        "Delete in batches what no release needs"
    );

    public IReadOnlyList<Rule> Rules => [Rewritten, Truncated];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var observation in rehearsal.Observations)
        {
            var found = observation.Ran ? OfCatalogs(observation, sizes, rehearsal.Options) : OfText(observation, sizes, rehearsal);
            foreach (var finding in found)
                yield return finding;
        }
    }

    /// <summary>The relations with another file: those that were rewritten, and those that were emptied.</summary>
    public static IEnumerable<(Relation Relation, bool Emptied)> NewFiles(Observation observation, LintOptions options)
    {
        if (ReferenceEquals(observation.Before, observation.After))
            yield break;
        foreach (var before in observation.Before.Relations.Values)
        {
            if (
                before.Kind is not 'r'
                || !observation.After.Relations.TryGetValue(before.Oid, out var after)
                || before.FileNode == 0
                || before.FileNode == after.FileNode
            )
                continue;
            // In a shadow database, where no table has rows, nothing but the word tells which of the two it was.
            var emptied = options.Shadow || before.Bytes == 0
                ? Kinds.Mentions(observation.Statement, "truncate")
                : after.Bytes == 0 && SameColumns(before, after);
            if (!emptied || before.Bytes > 0 || options.Shadow)
                yield return (before, emptied);
        }
    }

    private static IEnumerable<Finding> OfCatalogs(Observation observation, Sizes sizes, LintOptions options)
    {
        var files = NewFiles(observation, options)
            .Select(file => (Root: sizes.Root(file.Relation.Oid), file.Emptied))
            .Where(file => file.Root is not null)
            .DistinctBy(file => (file.Root!.Oid, file.Emptied));
        foreach (var (root, emptied) in files)
        {
            if (emptied)
                yield return Truncated.At(
                    observation,
                    root!.Title,
                    "all its rows are removed, also for readers that began before, and it is locked until the transaction ends",
                    $"""
                    delete in batches what no release needs:
                    DELETE FROM {SqlName.Of(root)} WHERE ${"{batch}"};
                    """
                );
            else if (sizes.Level(root!, small: null) is { } level)
                yield return OfTable(observation, root!, sizes, level);
        }
    }

    private static IEnumerable<Finding> OfText(Observation observation, Sizes sizes, Rehearsal rehearsal)
    {
        if (Kinds.Vacuumed(observation) is not { } named)
            yield break;
        var tables = named.Count > 0 ? named : rehearsal.Origin.Relations.Values.Where(relation => relation.Kind == 'r');
        foreach (var table in tables.Select(table => sizes.Root(table.Oid)).OfType<Relation>().DistinctBy(table => table.Oid))
        {
            if (sizes.Level(table, small: null) is { } level)
                yield return OfTable(observation, table, sizes, level);
        }
    }

    private static Finding OfTable(Observation observation, Relation table, Sizes sizes, Level level) =>
        Rewritten.At(
            observation,
            table.Title,
            $"it is rewritten ({sizes.Text(table)}) under ACCESS EXCLUSIVE: nobody can read or write it meanwhile",
            Kinds.Verb(observation.Statement) is "vacuum" or "cluster"
                ? "use VACUUM without FULL, or a tool that repacks online (pg_repack, pg_squeeze)"
                : $"""
                add a column without a default that is computed for each row, and fill it in batches:
                ALTER TABLE {SqlName.Of(table)} ADD COLUMN ...;
                UPDATE {SqlName.Of(table)} SET ... WHERE ${"{batch}"};
                """,
            level
        );

    private static bool SameColumns(Relation before, Relation after) =>
        before.Columns.Values.Select(column => (column.Number, column.TypeOid, column.Modifier)).Order()
            .SequenceEqual(after.Columns.Values.Select(column => (column.Number, column.TypeOid, column.Modifier)).Order());
}
