namespace WaitFor.Migrate.Sql;

/// <summary>What a statement needs of its surroundings.</summary>
internal enum Surroundings
{
    /// <summary>It may run in a transaction.</summary>
    Any = 0,

    /// <summary>PostgreSQL refuses it in a transaction.</summary>
    NoTransaction,

    /// <summary>As <see cref="NoTransaction"/>, and it lets reads and writes through: it may wait for its locks as long as it
    /// takes.</summary>
    Concurrently,

    /// <summary>It may end transactions itself (<c>DO</c>, <c>CALL</c>), unless it runs in one.</summary>
    MayCommit,
}

/// <summary>What a statement does to its transaction.</summary>
internal enum TransactionControl
{
    None = 0,
    Begin,
    Commit,
    Rollback,

    /// <summary>It starts or keeps another transaction (PREPARE TRANSACTION, AND CHAIN): what is done cannot be noted with it.</summary>
    Beyond,
}

/// <summary>Tells the statements that cannot run in a transaction.
/// <see href="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"/></summary>
internal static class Traits
{
    /// <summary>Whether PostgreSQL takes the statement within a transaction.</summary>
    public static Surroundings Of(Statement statement)
    {
        var words = Words(statement.Text, 16);
        return words switch
        {
            ["create", "index", "concurrently", ..]
            or ["create", "unique", "index", "concurrently", ..]
            or ["drop", "index", "concurrently", ..] => Surroundings.Concurrently,
            ["reindex", ..] when words.Contains("concurrently") => Surroundings.Concurrently,
            ["reindex", ..]
                when words.Find(word => word is "index" or "table" or "schema" or "database" or "system")
                    is "schema"
                        or "database"
                        or "system" => Surroundings.NoTransaction,
            ["vacuum", ..] or ["alter", "system", ..] or ["discard", "all"] => Surroundings.NoTransaction,
            ["create" or "drop", "database", ..] or ["alter", "database", _, "set", "tablespace", ..] => Surroundings.NoTransaction,
            ["create" or "drop", "tablespace", ..] => Surroundings.NoTransaction,
            ["alter", "table", ..] when words.Contains("detach") && words.Contains("concurrently") => Surroundings.Concurrently,
            ["create" or "alter" or "drop", "subscription", ..] => Surroundings.NoTransaction,
            ["cluster"] or ["cluster", "verbose"] => Surroundings.NoTransaction,
            ["do" or "call", ..] => Surroundings.MayCommit,
            _ => Surroundings.Any,
        };
    }

    /// <summary>True for a statement that begins or ends a transaction.</summary>
    public static bool ControlsTransaction(Statement statement) => ControlOf(statement) != TransactionControl.None;

    /// <summary>What a statement does to its transaction.
    /// <see href="https://www.postgresql.org/docs/current/sql-commit.html"/></summary>
    public static TransactionControl ControlOf(Statement statement) =>
        Words(statement.Text, 4) switch
        {
            ["rollback", "to", ..] or ["rollback", "transaction" or "work", "to", ..] => TransactionControl.None,
            ["prepare", "transaction", ..] or ["commit" or "rollback", "prepared", ..] => TransactionControl.Beyond,
            ["commit" or "end" or "rollback" or "abort", "and", "chain", ..] => TransactionControl.Beyond,
            ["commit" or "end" or "rollback" or "abort", "transaction" or "work", "and", "chain"] => TransactionControl.Beyond,
            ["begin", ..] or ["start", "transaction", ..] => TransactionControl.Begin,
            ["commit" or "end", ..] => TransactionControl.Commit,
            ["rollback" or "abort", ..] => TransactionControl.Rollback,
            _ => TransactionControl.None,
        };

    /// <summary>How a statement begins, for messages.</summary>
    public static string Start(Statement statement) => string.Join(' ', Words(statement.Text, 4)).ToUpperInvariant();

    /// <summary>What of a statement releases all advisory locks of the session; null where nothing does.
    /// <see href="https://www.postgresql.org/docs/current/sql-discard.html"/>
    /// <see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS"/></summary>
    public static string? GivesUpLocks(Statement statement)
    {
        const string all = "pg_advisory_unlock_all";
        return Words(statement.Text, 2) switch
        {
            ["discard", "all"] => "DISCARD ALL",
            // Where it only stands in a definition or a comment, it does nothing.
            ["select" or "do" or "with" or "call" or "values", ..] when RawWords.Has(statement.Text, all) => all,
            _ => null,
        };
    }

    /// <summary>True for a statement whose effect is the session's own: a later session needs it again.</summary>
    public static bool SetsSession(Statement statement) =>
        Words(statement.Text, 4) is ["set" or "reset", ..] or ["select", "set_config", ..] or ["select", "pg_catalog", "set_config", ..];

    /// <summary>True for a statement whose effect is lost with the session, and that does no harm when it runs again.</summary>
    public static bool IsForSession(Statement statement) =>
        Words(statement.Text, 2) is ["load", ..] or ["select", "pg_advisory_lock" or "pg_advisory_lock_shared"];

    /// <summary>The index that a <c>CREATE INDEX CONCURRENTLY</c> makes; null where the statement is none, or names none.</summary>
    public static IndexName? ConcurrentIndex(Statement statement)
    {
        var tokens = new Tokens(statement.Text);
        if (!tokens.Take("create"))
            return null;
        _ = tokens.Take("unique");
        if (!tokens.Take("index") || !tokens.Take("concurrently"))
            return null;
        if (tokens.Take("if"))
            _ = tokens.Take("not") && tokens.Take("exists");
        if (tokens.Peek is "on" || tokens.Name() is not { } name || !tokens.Take("on"))
            return null;
        _ = tokens.Take("only");
        return tokens.Name() is not { } first ? null
            : tokens.Take(".") ? new IndexName(first, tokens.Name(), name)
            : new IndexName(null, first, name);
    }

    /// <summary>The indexes that a <c>DROP INDEX CONCURRENTLY</c> drops; null where the statement is none.</summary>
    public static (string? Schema, string Name)? ConcurrentlyDropped(Statement statement)
    {
        var tokens = new Tokens(statement.Text);
        if (!tokens.Take("drop") || !tokens.Take("index") || !tokens.Take("concurrently"))
            return null;
        if (tokens.Take("if"))
            _ = tokens.Take("exists");
        return tokens.Name() is not { } first ? null
            : tokens.Take(".") && tokens.Name() is { } second ? (first, second)
            : (null, first);
    }

    /// <summary>The first words, in lower case, and names with their quotes; literals, numbers and signs are left out.</summary>
    private static List<string> Words(string text, int most)
    {
        var words = new List<string>(most);
        var tokens = new Tokens(text);
        while (words.Count < most && tokens.Next() is { } token)
        {
            if (char.IsAsciiLetter(token[0]) || token[0] is '_' or '"' or >= '\u0080')
                words.Add(token);
        }

        return words;
    }
}

/// <summary>An index and its table.</summary>
/// <param name="Schema">The table's schema, which is the index's too; null: found by the search path.</param>
/// <param name="Table">The table.</param>
/// <param name="Name">The index.</param>
internal sealed record IndexName(string? Schema, string? Table, string Name);
