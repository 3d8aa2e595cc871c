using System.Text;

namespace WaitFor.Migrate.Postgres;

/// <summary>libpq's key=value strings: <c>host=db port=5432 dbname='my db'</c>.
/// <see href="https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE"/></summary>
internal static class ConnectionString
{
    /// <summary>The names of ADO.NET that such a string begins with, in lower case and without blanks.</summary>
    private static readonly string[] AdoNames =
    [
        "host",
        "server",
        "datasource",
        "addr",
        "address",
        "port",
        "database",
        "db",
        "initialcatalog",
        "username",
        "userid",
        "user",
        "uid",
        "password",
        "pwd",
        "psw",
        "sslmode",
        "pooling",
        "searchpath",
        "timeout",
    ];

    /// <summary>Whether a text looks like one: a word, and =.</summary>
    public static bool Is(string text)
    {
        var end = text.IndexOf('=');
        return end > 0 && text[..end].Trim() is { Length: > 0 } word && word.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_');
    }

    /// <summary>Whether a text is a connection string of ADO.NET, as Npgsql takes them: names in any case, with a ; between the
    /// pairs.</summary>
    public static bool IsAdo(string text)
    {
        var pairs = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return pairs.Length > 1 && pairs[..2].All(pair => Array.IndexOf(AdoNames, AdoName(pair)) >= 0);

        static string AdoName(string pair) =>
            pair.Split('=')[0].Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    /// <summary>Takes over what the string says.</summary>
    /// <exception cref="ConnectionException">It is malformed, or has a parameter that is refused or not known.</exception>
    public static void Apply(ConnectionValues values, string name, string text)
    {
        for (var (at, before) = (Skip(text, 0), ""); at < text.Length; at = Skip(text, at))
        {
            var end = at;
            while (end < text.Length && text[end] != '=' && !char.IsWhiteSpace(text[end]))
                end++;
            var key = text[at..end];
            at = Skip(text, end);
            if (at >= text.Length || text[at] != '=')
                throw new ConnectionException(
                    $"{name}: a word of the connection string has no = after it; put a value with spaces into '...', "
                        + "a ' or \\ in it as \\' or \\\\"
                );
            var value = Value(name, text, Skip(text, at + 1), out at);
            values.Take(name, KnownTo.Libpq, key, value, unquoted: before is "password" or "sslpassword");
            before = key;
        }
    }

    private static string Value(string name, string text, int at, out int end)
    {
        var quoted = at < text.Length && text[at] == '\'';
        var value = new StringBuilder();
        for (end = quoted ? at + 1 : at; end < text.Length; end++)
        {
            if (quoted ? text[end] == '\'' : char.IsWhiteSpace(text[end]))
            {
                end++;
                return value.ToString();
            }

            if (text[end] == '\\' && end + 1 < text.Length)
                end++;
            value.Append(text[end]);
        }

        return quoted
            ? throw new ConnectionException($"{name}: a ' of the connection string is not closed; write \\' for a ' in a value")
            : value.ToString();
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }
}
