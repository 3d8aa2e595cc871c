using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>URLs of databases: <c>postgres://user:password@host:5432/database?sslmode=require</c>, and JDBC's
/// <c>jdbc:postgresql://host/database?user=...</c>.
/// <see href="https://jdbc.postgresql.org/documentation/use/"/></summary>
internal static class ConnectionUrl
{
    private static readonly string[] Schemes = ["jdbc:postgresql://", "postgresql://", "postgres://"];

    /// <summary>Takes over what the URL says. No message quotes it: it may hold a password.</summary>
    /// <param name="settings">Takes the values.</param>
    /// <param name="name">Where the URL comes from, for messages.</param>
    /// <param name="url">The URL.</param>
    /// <exception cref="ConnectionException">It is no such URL, or has a parameter that is not known.</exception>
    public static void Apply(NpgsqlConnectionStringBuilder settings, string name, string url)
    {
        url = url.Trim();
        var scheme = Schemes.FirstOrDefault(scheme => url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConnectionException(
                $"{name} is no URL of a PostgreSQL database; write postgres://user@host:5432/database or "
                    + "jdbc:postgresql://host:5432/database (other databases: migrate exec)"
            );
        var rest = url[scheme.Length..];
        var (path, query) = Cut(rest, '?');
        var (authority, database) = Cut(path, '/');
        var at = authority.LastIndexOf('@');
        if (at < 0 && database is not null && database.Contains('@', StringComparison.Ordinal))
            throw new ConnectionException(
                $"{name} has a / before the @: write %2F for it in a user or password (%40 for an @ in the database's name)"
            );
        if (at >= 0)
        {
            var (user, password) = Cut(authority[..at], ':');
            settings.Username = Decode(user, name);
            if (password is not null)
                settings.Password = Decode(password, name);
        }

        Hosts(settings, name, authority[(at + 1)..]);
        if (database is { Length: > 0 })
            settings.Database = Decode(database, name);
        foreach (var parameter in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Cut(parameter, '=');
            Parameter(settings, name, key, Decode(value ?? "", name));
        }
    }

    /// <summary>The URL with another name of the application, where it has one.</summary>
    public static string Rename(string url, string application)
    {
        var (path, query) = Cut(url, '?');
        return query is null ? url : $"{path}?{string.Join('&', query.Split('&').Select(Renamed))}";

        string Renamed(string parameter) =>
            Cut(parameter, '=').Before is ("application_name" or "ApplicationName") and var key
                ? $"{key}={Uri.EscapeDataString(application)}"
                : parameter;
    }

    private static void Hosts(NpgsqlConnectionStringBuilder settings, string name, string hosts)
    {
        if (hosts.Length == 0)
            return;
        var (names, several, otherwise) = (new List<string>(), hosts.Contains(',', StringComparison.Ordinal), settings.Port);
        foreach (var host in hosts.Split(','))
        {
            // [::1]:5432
            var end = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
            var colon = host.IndexOf(':', Math.Max(end, 0));
            var port =
                colon < 0 || colon == host.Length - 1
                    ? otherwise
                    : ConnectionSettings.Port(host[(colon + 1)..])
                        // It is not quoted: it may be a password.
                        ?? throw new ConnectionException(
                            $"{name}: the port is none; write a number from 1 to 65535 (and in a password %2F for /, %3F for ?, %40 for @)"
                        );
            if (!several)
                settings.Port = port;
            // [::1]:5432 among several
            var bare = Decode(colon < 0 ? host : host[..colon], name);
            names.Add(several ? $"{bare}:{port}" : bare.Trim('[', ']'));
        }

        settings.Host = string.Join(',', names);
    }

    private static void Parameter(NpgsqlConnectionStringBuilder settings, string name, string key, string value)
    {
        switch (key)
        {
            case "user":
                settings.Username = value;
                break;
            case "password":
                settings.Password = value;
                break;
            case "sslmode":
                settings.SslMode = ConnectionSettings.SslModeOf(value, name);
                break;
            case "ssl":
                settings.SslMode = value is "" or "true" ? SslMode.VerifyFull : SslMode.Disable;
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcert":
                settings.SslCertificate = value;
                break;
            case "sslkey":
                settings.SslKey = value;
                break;
            case "schema" or "search_path" or "currentSchema":
                settings.SearchPath = value;
                break;
            case "options":
                settings.Options = value;
                break;
            case "application_name" or "ApplicationName":
                settings.ApplicationName = value;
                break;
            case "connect_timeout" or "connectTimeout" or "loginTimeout":
                settings.Timeout =
                    int.TryParse(
                        value,
                        System.Globalization.NumberStyles.None,
                        System.Globalization.CultureInfo.InvariantCulture,
                        out var seconds
                    )
                    && seconds <= 1024
                        ? seconds
                        : throw new ConnectionException($"{name}: {key} \"{value}\" is no number of seconds; write 0 to 1024");
                break;
            case "target_session_attrs" or "targetServerType":
                settings.TargetSessionAttributes = value switch
                {
                    "primary" or "master" or "read-write" => "primary",
                    _ => throw new ConnectionException(
                        $"{name}: {key} \"{value}\": a migration needs the primary; write primary, or leave it out"
                    ),
                };
                break;
            default:
                // The drivers of applications have many more, which mean nothing to a migration (pool sizes, caches, prepared statements).
                break;
        }
    }

    private static (string Before, string? After) Cut(string text, char separator)
    {
        var at = text.IndexOf(separator);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private static string Decode(string text, string name)
    {
        for (var at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                throw new ConnectionException(
                    $"{name} has a % that begins no escape: write %25 for a percent sign (and %40 for @, %3A for :, %2F for / in a "
                        + "password)"
                );
        }

        return Uri.UnescapeDataString(text);
    }
}
