using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>One of the things that say which database is meant.</summary>
internal enum DatabasePart
{
    Host,
    Port,
    Database,
    User,

    /// <summary>A whole connection string whose parts are not known.</summary>
    Url,
}

/// <summary>A value of a part, with where it comes from.</summary>
/// <param name="Part">Which part.</param>
/// <param name="Text">Its value; null where only the cluster knows it.</param>
/// <param name="Variable">The variable, or the argument, that holds it.</param>
internal sealed record PartValue(DatabasePart Part, string? Text, Variable Variable);

/// <summary>Which database a container is given, as far as its manifests say.</summary>
internal static class DatabasePlace
{
    private static readonly Dictionary<string, DatabasePart> Names = new(StringComparer.Ordinal)
    {
        ["PGHOST"] = DatabasePart.Host,
        ["DB_HOST"] = DatabasePart.Host,
        ["DB_HOSTNAME"] = DatabasePart.Host,
        ["DATABASE_HOST"] = DatabasePart.Host,
        ["POSTGRES_HOST"] = DatabasePart.Host,
        ["POSTGRESQL_HOST"] = DatabasePart.Host,
        ["PGPORT"] = DatabasePart.Port,
        ["DB_PORT"] = DatabasePart.Port,
        ["DATABASE_PORT"] = DatabasePart.Port,
        ["POSTGRES_PORT"] = DatabasePart.Port,
        ["POSTGRESQL_PORT"] = DatabasePart.Port,
        ["PGDATABASE"] = DatabasePart.Database,
        ["DB_NAME"] = DatabasePart.Database,
        ["DB_DATABASE"] = DatabasePart.Database,
        ["DATABASE_NAME"] = DatabasePart.Database,
        ["POSTGRES_DB"] = DatabasePart.Database,
        ["POSTGRES_DATABASE"] = DatabasePart.Database,
        ["PGUSER"] = DatabasePart.User,
        ["DB_USER"] = DatabasePart.User,
        ["DB_USERNAME"] = DatabasePart.User,
        ["DATABASE_USER"] = DatabasePart.User,
        ["DATABASE_USERNAME"] = DatabasePart.User,
        ["POSTGRES_USER"] = DatabasePart.User,
        ["FLYWAY_USER"] = DatabasePart.User,
        ["SPRING_DATASOURCE_USERNAME"] = DatabasePart.User,
        ["LIQUIBASE_COMMAND_USERNAME"] = DatabasePart.User,
        ["DATABASE_URL"] = DatabasePart.Url,
        ["DB_URL"] = DatabasePart.Url,
        ["POSTGRES_URL"] = DatabasePart.Url,
        ["FLYWAY_URL"] = DatabasePart.Url,
        ["SPRING_DATASOURCE_URL"] = DatabasePart.Url,
        ["SPRING_FLYWAY_URL"] = DatabasePart.Url,
        ["LIQUIBASE_COMMAND_URL"] = DatabasePart.Url,
        ["JDBC_URL"] = DatabasePart.Url,
        ["JDBC_DATABASE_URL"] = DatabasePart.Url,
    };

    /// <summary>What a container is given, in variables and in <c>-url=</c> or <c>--url</c>.</summary>
    public static IReadOnlyList<PartValue> Of(ContainerVariables variables, LintContainer container)
    {
        var found = new List<PartValue>();
        foreach (var variable in variables.All)
        {
            if (!Names.TryGetValue(variable.Name, out var part) || variable.Text is "")
                continue;
            if (part == DatabasePart.Url && variable.Text is { } url)
                found.AddRange(Parts(url, variable));
            else
                found.Add(new PartValue(part, Look.IsKnown(variable.Text ?? "") ? variable.Text : null, variable));
        }

        string[] words = [.. container.Command, .. container.Args];
        var place = container.Node["args"] ?? container.Node["command"] ?? container.Node;
        for (var index = 0; index < words.Length; index++)
        {
            var word = words[index];
            var value = word.StartsWith("-url=", StringComparison.Ordinal) ? word["-url=".Length..]
                : word.StartsWith("--url=", StringComparison.Ordinal) ? word["--url=".Length..]
                : word == "--url" && index + 1 < words.Length ? words[index + 1]
                : null;
            if (value is not null)
                found.AddRange(Parts(value, new Variable("--url", null, null, null, place)));
        }

        return found;
    }

    /// <summary>Host, port, database and user of a URL; what holds a variable is left out.</summary>
    private static IEnumerable<PartValue> Parts(string url, Variable variable)
    {
        if (Connection(url) is not var (user, host, port, database))
            yield break;
        // Of several hosts any may be meant.
        if (host.Length > 0 && Look.IsKnown(host) && !host.Contains(',', StringComparison.Ordinal))
        {
            yield return new PartValue(DatabasePart.Host, host, variable);
            if (Look.IsKnown(port))
                yield return new PartValue(DatabasePart.Port, port.Length > 0 ? port : "5432", variable);
        }

        if (database.Length > 0 && Look.IsKnown(database))
            yield return new PartValue(DatabasePart.Database, database, variable);
        if (user.Length > 0 && Look.IsKnown(user))
            yield return new PartValue(DatabasePart.User, user, variable);
    }

    /// <summary>Takes postgres://USER:PASSWORD@HOST:PORT/DATABASE apart, with <c>jdbc:</c> before it or a driver in the scheme.</summary>
    private static (string User, string Host, string Port, string Database)? Connection(string url)
    {
        var rest = url.StartsWith("jdbc:", StringComparison.Ordinal) ? url["jdbc:".Length..] : url;
        var sign = rest.IndexOf("://", StringComparison.Ordinal);
        if (sign < 0 || rest[..sign].Split('+')[0] is not ("postgres" or "postgresql"))
            return null;
        rest = rest[(sign + 3)..].Split('?')[0];
        var slash = rest.LastIndexOf('/');
        if (slash < 0)
            return null;
        var (authority, database) = (rest[..slash], rest[(slash + 1)..]);
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? "" : authority[..at].Split(':')[0];
        var place = authority[(at + 1)..];
        // A host in brackets is an IPv6 address.
        var colon = place.IndexOf(':', Math.Max(0, place.IndexOf(']', StringComparison.Ordinal)));
        return colon < 0 ? (user, place, "", database) : (user, place[..colon], place[(colon + 1)..], database);
    }
}
