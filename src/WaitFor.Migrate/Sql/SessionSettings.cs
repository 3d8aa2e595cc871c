namespace WaitFor.Migrate.Sql;

/// <summary>What scripts do to the settings of their session.
/// <see href="https://www.postgresql.org/docs/current/sql-set.html"/></summary>
internal static class SessionSettings
{
    /// <summary>The parameters with a dot in their name that a script mentions where one is set: <c>SET app.tenant = ...</c>,
    /// <c>set_config('app.tenant', ...)</c>, also within a <c>DO</c> block. May name a few that are none.</summary>
    public static IReadOnlyList<string> CustomNames(Script script)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var statement in script.Statements)
        {
            if (!statement.Text.Contains('.', StringComparison.Ordinal))
                continue;
            var words = RawWords.Of(statement.Text).ToList();
            for (var at = 0; at < words.Count; at++)
            {
                if (words[at] is ("set" or "session" or "local" or "set_config") && NameAt(words, at + 1) is { } name)
                    names.Add(name);
            }
        }

        return [.. names];
    }

    /// <summary>True where a script may set lock_timeout itself up to a statement: it then decides, and not our default.</summary>
    public static bool MentionsLockTimeout(IEnumerable<Statement> statements) =>
        statements.Any(statement => statement.Text.Contains("lock_timeout", StringComparison.OrdinalIgnoreCase));

    /// <summary>True for a statement that may make its transaction read only.</summary>
    public static bool MayStopWrites(Statement statement)
    {
        if (statement.Text.Contains("transaction_read_only", StringComparison.OrdinalIgnoreCase))
            return true;
        var words = RawWords.Of(statement.Text).ToList();
        var read = words.IndexOf("read");
        return read >= 0
            && read + 1 < words.Count
            && words[read + 1] == "only"
            && words.IndexOf("transaction") is >= 0 and var at
            && at < read;
    }

    /// <summary>The client encoding that a statement asks for; null where it asks for none, or for one in which our text means the
    /// same.</summary>
    public static string? OtherEncoding(Statement statement)
    {
        var words = RawWords.Of(statement.Text).Take(12).Where(word => word is not ("session" or "local" or "to" or "=")).ToList();
        if (words is not ["set", "client_encoding" or "names", ..])
            return null;
        var encoding = string.Concat(words.Skip(2).Where(word => word is not ("-" or "_")));
        return encoding is "utf8" or "unicode" or "sql_ascii" or "default" ? null : encoding;
    }

    /// <summary>Whether a backslash escapes in plain quotes after a statement; null where it does not change that.
    /// <see href="https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-STANDARD-CONFORMING-STRINGS"/></summary>
    public static bool? BackslashEscapes(Statement statement)
    {
        if (!statement.Text.Contains("standard_conforming_strings", StringComparison.OrdinalIgnoreCase))
            return null;
        var words = RawWords.Of(statement.Text).Where(word => word is not ("session" or "local" or "to" or "=")).Take(4).ToList();
        return words is ["set", "standard_conforming_strings", var value] ? value is "off" or "false" or "no" or "0" or "f" or "n" : null;
    }

    /// <summary>A statement that does not reach the later ones where a script runs statement by statement, and what to write instead;
    /// null for any other.</summary>
    public static (string Set, string Instead)? WithoutEffect(Statement statement)
    {
        const string block = "write BEGIN before it, and COMMIT after the statements that need it";
        return RawWords.Of(statement.Text).Take(3).ToList() switch
        {
            ["set", "local", not "="] => ("SET LOCAL", "write SET (without LOCAL) for what should last to the end of the script"),
            ["set", "transaction", ..] => ("SET TRANSACTION", block),
            ["set", "constraints", ..] => ("SET CONSTRAINTS", block),
            _ => null,
        };
    }

    private static string? NameAt(List<string> words, int at)
    {
        if (at < words.Count && words[at] == "(")
            at++;
        if (at + 2 >= words.Count || words[at + 1] != "." || !IsName(words[at]) || !IsName(words[at + 2]))
            return null;
        var name = $"{words[at]}.{words[at + 2]}";
        for (at += 3; at + 1 < words.Count && words[at] == "." && IsName(words[at + 1]); at += 2)
            name += "." + words[at + 1];
        return name;
    }

    private static bool IsName(string word) => char.IsAsciiLetter(word[0]) || word[0] is '_' or >= '\u0080';
}
