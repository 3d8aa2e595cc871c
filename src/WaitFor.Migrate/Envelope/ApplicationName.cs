namespace WaitFor.Migrate.Envelope;

/// <summary>Gives the connections of a wrapped tool the name by which the next run finds them in pg_stat_activity. libpq and the drivers
/// that follow it (psycopg2, pgx, lib/pq, pg of Node.js) take the name from PGAPPNAME, unless their URL has one. pgjdbc and Npgsql do not
/// read that variable: for them the name has to be in the URL or connection string.
/// <see href="https://www.postgresql.org/docs/current/libpq-envars.html"/>
/// <see href="https://jdbc.postgresql.org/documentation/use/"/>
/// <see href="https://www.npgsql.org/doc/connection-string-parameters.html"/></summary>
internal static class ApplicationName
{
    private const string Jdbc = "jdbc:";
    private const string OfLibpq = "application_name";
    private const string OfJdbc = "ApplicationName";
    private const string OfNpgsql = "Application Name";

    /// <summary>The value of a variable or an argument, with the name put into it where it is a PostgreSQL URL or a connection string of
    /// ADO.NET, also behind an option and its equals sign; any other text is returned as it is.</summary>
    /// <param name="text">The value.</param>
    /// <param name="name">The name, in printable ASCII.</param>
    /// <param name="adds">False: in a URL it only takes the place of a name that exists.</param>
    public static string PutInto(string text, string name, bool adds = true)
    {
        // --url=URL, -Dspring.datasource.url=URL
        var start = text.StartsWith('-') ? text.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        var value = text[start..];
        var named =
            IsJdbc(value) ? InQuery(value, name, adds)
            : IsLibpq(value) ? InQuery(value, name, always: false)
            : IsConnectionString(value) ? InConnectionString(value, name)
            : value;
        return text[..start] + named;
    }

    /// <summary>jdbc:postgresql:..., and that of a driver that wraps it (jdbc:aws-wrapper:postgresql:...).</summary>
    private static bool IsJdbc(string text)
    {
        const string driver = "postgresql:";
        var at = text.IndexOf(driver, StringComparison.Ordinal);
        return text.StartsWith(Jdbc, StringComparison.Ordinal)
            && at >= Jdbc.Length
            && text[Jdbc.Length..at].All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or ':');
    }

    private static bool IsLibpq(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        // postgresql+psycopg2:// is SQLAlchemy's.
        return end > 0 && text[..end].Split('+')[0].ToLowerInvariant() is "postgres" or "postgresql";
    }

    /// <summary>Puts the name in place of one that is in the URL already.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="name">The name.</param>
    /// <param name="always">Adds it where there is none. Not for libpq's URLs, as PGAPPNAME is enough there, and some of the drivers that
    /// read them refuse a parameter that they do not know.</param>
    private static string InQuery(string url, string name, bool always)
    {
        var escaped = Uri.EscapeDataString(name);
        var at = url.IndexOf('?', StringComparison.Ordinal);
        string[] parameters = at < 0 ? [] : url[(at + 1)..].Split('&');
        for (var index = 0; index < parameters.Length; index++)
        {
            var key = parameters[index].Split('=')[0];
            if (key is not (OfLibpq or OfJdbc))
                continue;
            parameters[index] = $"{key}={escaped}";
            always &= key != OfJdbc;
        }

        if (always)
            parameters = [.. parameters.Where(parameter => parameter.Length > 0), $"{OfJdbc}={escaped}"];
        var path = at < 0 ? url : url[..at];
        return parameters.Length == 0 ? url : $"{path}?{string.Join('&', parameters)}";
    }

    /// <summary>Host=...;Database=...: nothing but pairs, of which one names the server and one the database. A shell script is no such
    /// thing.</summary>
    private static bool IsConnectionString(string text)
    {
        var pairs = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var keys = pairs.Select(pair => pair.Split('=')[0].TrimEnd()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Array.TrueForAll(pairs, pair => pair.Contains('=', StringComparison.Ordinal))
            && keys.All(key => key.All(unit => char.IsAsciiLetter(unit) || unit == ' '))
            && (keys.Contains("Host") || keys.Contains("Server"))
            && (keys.Contains("Database") || keys.Contains("DB"));
    }

    // Of several values of a key the last one counts.
    private static string InConnectionString(string text, string name) =>
        $"{text.TrimEnd().TrimEnd(';')};{OfNpgsql}=\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
