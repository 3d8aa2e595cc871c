using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Tells by its text a statement that locks a big table completely, so that a rehearsal need not hold that lock
/// (<c>--quick</c>).</summary>
/// <param name="bigTable">From that many rows on a table is big.</param>
/// <param name="schemas">The search path, in order.</param>
internal sealed class QuickLook(long bigTable, IReadOnlyList<string> schemas)
{
    /// <summary>The big table that a statement locks; null where it locks none.</summary>
    public string? Blocks(Statement statement, Catalog catalog)
    {
        var tokens = new Tokens(statement.Text);
        switch (tokens.Next())
        {
            case "alter" or "drop" or "lock" or "reindex" when tokens.Take("table"):
            case "lock" or "truncate" or "cluster":
                break;
            default:
                return null;
        }

        _ = tokens.Take("table");
        if (tokens.Take("if"))
            _ = tokens.Take("exists");
        _ = tokens.Take("only");
        if (tokens.Name() is not { } first)
            return null;
        var (schema, name) = tokens.Take(".") ? (first, tokens.Name()) : (null, first);
        var table = catalog.Relations.Values.FirstOrDefault(relation =>
            relation.Name == name
            && (schema is null ? schemas.Contains(relation.Schema, StringComparer.Ordinal) : relation.Schema == schema)
        );
        return table is not null && table.Rows >= bigTable ? table.Title : null;
    }
}
