using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>What the text of a statement says by itself: for what no catalog shows, and for statements that did not run.</summary>
internal static class Kinds
{
    /// <summary>True where the statement itself says CONCURRENTLY: it lets reads and writes through.</summary>
    public static bool IsConcurrent(Statement statement) => Traits.Of(statement) == Surroundings.Concurrently;

    /// <summary>The first word, in lower case.</summary>
    public static string Verb(Statement statement) => new Tokens(statement.Text).Next() ?? "";

    /// <summary>True where the text, with what a block or a literal in it holds, has these words in a row.</summary>
    public static bool Mentions(Statement statement, params ReadOnlySpan<string> words)
    {
        var all = RawWords.Of(statement.Text).ToList();
        for (var at = 0; at + words.Length <= all.Count; at++)
        {
            var same = true;
            for (var index = 0; index < words.Length; index++)
                same &= all[at + index] == words[index];
            if (same)
                return true;
        }

        return false;
    }

    /// <summary>The table of a CREATE UNIQUE INDEX CONCURRENTLY; null where the statement is none, or the table is not found.</summary>
    public static Relation? UniqueIndexTable(Observation observation)
    {
        var tokens = new Tokens(observation.Statement.Text);
        if (!tokens.Take("create") || !tokens.Take("unique") || !tokens.Take("index") || !tokens.Take("concurrently"))
            return null;
        while (tokens.Next() is { } token)
        {
            if (token != "on")
                continue;
            _ = tokens.Take("only");
            return Table(tokens, observation.Before);
        }

        return null;
    }

    /// <summary>The tables that a VACUUM FULL names; null where the statement is none; empty where it names none.</summary>
    public static IReadOnlyList<Relation>? Vacuumed(Observation observation)
    {
        var tokens = new Tokens(observation.Statement.Text);
        if (!tokens.Take("vacuum"))
            return null;
        var full = false;
        if (tokens.Take("("))
        {
            while (tokens.Next() is { } token && token != ")")
            {
                if (token == "full")
                    full = tokens.Peek is not ("false" or "off" or "0");
            }
        }

        while (tokens.Peek is "full" or "freeze" or "verbose" or "analyze")
            full |= tokens.Next() == "full";
        if (!full)
            return null;
        var tables = new List<Relation>();
        do
        {
            if (Table(tokens, observation.Before) is { } table)
                tables.Add(table);
        } while (tokens.Take(","));
        return tables;
    }

    /// <summary>The table of an UPDATE or DELETE that has no WHERE; null for any other statement.</summary>
    public static Relation? WholeTable(Observation observation)
    {
        var tokens = new Tokens(observation.Statement.Text);
        if (!tokens.Take("update") && !(tokens.Take("delete") && tokens.Take("from")))
            return null;
        _ = tokens.Take("only");
        var table = Table(tokens, observation.Before);
        return tokens.Any("where") ? null : table;
    }

    /// <summary>Takes a table's name; without a schema it is looked for in all, public first.</summary>
    public static Relation? Table(Tokens tokens, Catalog catalog)
    {
        if (tokens.Name() is not { } first)
            return null;
        var (schema, name) = tokens.Take(".") ? (first, tokens.Name()) : (null, first);
        return catalog
            .Relations.Values.Where(relation => relation.Name == name && (schema is null || relation.Schema == schema))
            .OrderByDescending(relation => relation.Schema == "public")
            .FirstOrDefault();
    }
}
