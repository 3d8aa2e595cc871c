using System.Text;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Batch;

/// <summary>The place in a statement that takes the condition of a batch.</summary>
internal static class BatchText
{
    /// <summary>The name of the placeholder.</summary>
    public const string Name = "batch";

    /// <summary>What stands for it in the text that runs, whatever prefix and suffix placeholders have.</summary>
    public const string Marker = "${batch}";

    /// <summary>Where it stands in a statement, outside of quotes and comments.</summary>
    public static IReadOnlyList<int> Places(string text)
    {
        if (!text.Contains(Marker, StringComparison.Ordinal))
            return [];
        var places = new List<int>();
        var tokens = new Tokens(text);
        while (tokens.Next() is { } token)
        {
            if (token == "$" && text.AsSpan(tokens.Position - 1).StartsWith(Marker))
                places.Add(tokens.Position - 1);
        }

        return places;
    }

    /// <summary>A statement with the condition of a batch in its place; a statement without the place stays as it is.</summary>
    public static Statement With(Statement statement, string condition)
    {
        var places = Places(statement.Text);
        if (places.Count == 0)
            return statement;
        var text = new StringBuilder();
        var at = 0;
        foreach (var place in places)
        {
            text.Append(statement.Text, at, place - at).Append(condition);
            at = place + Marker.Length;
        }

        return statement with { Text = text.Append(statement.Text, at, statement.Text.Length - at).ToString() };
    }

    /// <summary>The statements of a batched script as its first batch runs them, without asking the server for its bounds: for what looks
    /// at one batch only, such as <c>lint</c>.</summary>
    public static IReadOnlyList<Statement> FirstBatch(Script script, BatchOptions options)
    {
        var condition = FirstCondition(options);
        return [.. script.Statements.Select(statement => With(statement, condition))];
    }

    private static string FirstCondition(BatchOptions options)
    {
        var columns = string.Join(", ", options.Key.Select(column => Identifier.Quote(column.Name)));
        var last = string.Join(", ", options.Key.Select(column => Identifier.Quote(column.Name) + " DESC"));
        var key = string.Join(", ", options.Key.Select(column => column.Qualifier + Identifier.Quote(column.Name)));
        return $"(({key}) <= (SELECT {columns} FROM (SELECT {columns} FROM {options.QuotedTable} ORDER BY {columns} LIMIT {options.Size}) "
            + $"AS first_batch ORDER BY {last} LIMIT 1))";
    }
}
