using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Tells the statements whose effect is not the database's alone: a shadow database does not run them, since they would
/// stay.</summary>
internal static class ServerWide
{
    /// <summary>True for such a statement.</summary>
    public static bool Is(Statement statement)
    {
        var tokens = new Tokens(statement.Text);
        var first = tokens.Next();
        switch (first)
        {
            case "create" or "alter" or "drop":
                return tokens.Next() is "role" or "user" or "group" or "database" or "tablespace" or "subscription" or "system"
                    // A mapping of a foreign server is the database's.
                    && tokens.Peek != "mapping";
            case "grant" or "revoke":
                return IsOfServer(tokens);
            case "comment":
                return tokens.Take("on") && tokens.Next() is "role" or "database" or "tablespace" or "subscription";
            default:
                return false;
        }
    }

    /// <summary>A role, or a right on what belongs to the server.</summary>
    private static bool IsOfServer(Tokens tokens)
    {
        while (tokens.Next() is { } token)
        {
            if (token == "on")
                return tokens.Next() is "database" or "tablespace" or "parameter";
        }

        return true;
    }
}
