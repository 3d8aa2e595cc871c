namespace WaitFor.Migrate.Postgres;

/// <summary>URLs of databases, in libpq's form (<c>postgres://user:password@host:5432/database?sslmode=require</c>, with a driver's name as
/// SQLAlchemy writes it) and pgjdbc's (<c>jdbc:postgresql://host/database?user=...</c>).
/// <see href="https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/>
/// <see href="https://jdbc.postgresql.org/documentation/use/"/></summary>
internal static class ConnectionUrl
{
    /// <summary>What stands before pgjdbc's "postgresql:": Java's, and the wrappers that Flyway takes.</summary>
    private static readonly string[] JdbcPrefixes = 
    [
        "jdbc:postgresql:",
        "jdbc:p6spy:postgresql:",
        "jdbc:otel:postgresql:",
        "jdbc:aws-wrapper:postgresql:",
    ];

    /// <summary>The names of PostgreSQL in URLs of libpq, Django, PHP, Elixir, golang-migrate, Tortoise and R2DBC; each may have a driver
    /// behind it (+asyncpg).</summary>
    private static readonly string[] Schemes =
    [
        "postgres",
        "postgresql",
        "postgis",
        "pgsql",
        "psql",
        "pdo-pgsql",
        "pdo_pgsql",
        "pgx",
        "pgx4",
        "pgx5",
        "asyncpg",
        "psycopg",
        "psycopg2",
        "timescale",
        "timescalegis",
        "ecto",
        "r2dbc:postgresql",
        "r2dbc:pool:postgresql",
        "vertx-reactive:postgresql",
    ];

    /// <summary>Other databases, and the services that speak another protocol.</summary>
    private static readonly string[] Others =
    [
        "mysql",
        "mysql2",
        "mariadb",
        "sqlite",
        "sqlite3",
        "sqlserver",
        "mssql",
        "oracle",
        "mongodb",
        "cockroachdb",
        "cockroach",
        "redshift",
        "prisma+postgres",
        "prisma",
        "jdbc:mysql",
        "jdbc:mariadb",
        "jdbc:sqlserver",
        "jdbc:redshift",
        "jdbc:h2",
        "jdbc:cockroachdb",
    ];

    /// <summary>Takes over what the text says, a URL or libpq's key=value pairs. No message quotes it: it may hold a password.</summary>
    /// <param name="values">Takes the values.</param>
    /// <param name="name">Where the text comes from, for messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ConnectionException">It is neither, or has a parameter that is refused or not known.</exception>
    public static void Apply(ConnectionValues values, string name, string text)
    {
        text = text.Trim();
        if (Array.Find(JdbcPrefixes, prefix => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } jdbc)
            ApplyJdbc(values, name, text[jdbc.Length..]);
        else if (Scheme(text) is { } scheme && IsPostgres(scheme))
            ApplyLibpq(values, name, text[(scheme.Length + "://".Length)..], scheme.Contains('+', StringComparison.Ordinal));
        else if (ConnectionString.IsAdo(text))
            throw new ConnectionException(
                $"{name} is a connection string of ADO.NET (Host=...;Username=...); write postgres://user@host:5432/database"
            );
        else if (ConnectionString.Is(text))
            ConnectionString.Apply(values, name, text);
        else if (text is ['"' or '\'' or '`', ..])
            throw new ConnectionException(
                $"{name} begins with a quotation mark: remove the quotes around the value (an --env-file and a Secret keep them)"
            );
        else
            throw new ConnectionException(
                Array.Find(Others, other => Begins(text, other)) is { } other
                    ? $"{name} is not a URL of a PostgreSQL database, but {other}:; write postgres://user@host:5432/database, or "
                        + "jdbc:postgresql://host:5432/database (for another database, use its own tool)"
                    : $"{name} is not a URL of a PostgreSQL database; write postgres://user@host:5432/database or "
                        + "jdbc:postgresql://host:5432/database (for another database, use its own tool)"
            );
    }

    private static bool Begins(string text, string scheme) =>
        text.Length > scheme.Length && text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && text[scheme.Length] is ':' or '+';

    /// <summary>What stands before ://, in small letters; null for none.</summary>
    private static string? Scheme(string text) =>
        text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end && text[..end].All(IsOfScheme)
            ? text[..end].ToLowerInvariant()
            : null;

    private static bool IsOfScheme(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '+' or '-' or '.' or ':' or '_';

    private static bool IsPostgres(string scheme)
    {
        var (bare, driver) = Cut(scheme, '+');
        return Array.IndexOf(Schemes, bare) >= 0
            && (driver is null || (driver.Length > 0 && driver.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-')));
    }

    private static void ApplyLibpq(ConnectionValues values, string name, string rest, bool lists)
    {
        // As in libpq, a ? before the first @ belongs to the password.
        var at = rest.IndexOf('@');
        var (question, slash) = (rest.IndexOf('?'), rest.IndexOf('/'));
        var login = question >= 0 && question < at && (slash < 0 || at < slash);
        var (path, query) = Cut(login ? rest[at..] : rest, '?');
        var (authority, database) = Cut(login ? rest[..at] + path : path, '/');
        var hosts = Login(values, name, authority, database);
        Hosts(values, name, hosts, otherwise: ("", ""));
        if (database is { Length: > 0 })
            values.Put("dbname", Decode(database, name), name);
        Query(values, name, KnownTo.Libpq, query, MayHoldPassword(authority, hosts, query), lists);
    }

    /// <summary>jdbc:postgresql: is followed by //hosts/database, /database or database; what is missing is localhost and 5432, whatever
    /// the environment says, as in pgjdbc.</summary>
    private static void ApplyJdbc(ConnectionValues values, string name, string rest)
    {
        var (path, query) = Cut(rest, '?');
        var (authority, database) = path.StartsWith("//", StringComparison.Ordinal) ? Cut(path[2..], '/') : ("", path.TrimStart('/'));
        var hosts = Login(values, name, authority, database);
        Hosts(values, name, hosts, otherwise: ("localhost", "5432"));
        if (database is { Length: > 0 })
            values.Put("dbname", Decode(database.Replace('+', ' '), name), name);
        Query(values, name, KnownTo.Jdbc, query, MayHoldPassword(authority, hosts, query), lists: false);
    }

    /// <summary>Takes user and password over.</summary>
    /// <returns>The hosts.</returns>
    private static string Login(ConnectionValues values, string name, string authority, string? database)
    {
        var at = authority.LastIndexOf('@');
        if (at < 0 && database is not null && database.Contains('@', StringComparison.Ordinal))
            throw new ConnectionException(
                $"{name} has a / before the @: write %2F for it in a user or password (%40 for an @ in the database's name)"
            );
        if (at < 0)
            return authority;

        var (user, password) = Cut(authority[..at], ':');
        if (user.Length > 0)
            values.Put("user", Decode(user, name), name);
        if (password is { Length: > 0 })
            values.Put("password", Decode(password, name), name);
        return authority[(at + 1)..];
    }

    /// <summary>host:port, several with commas, IPv6 addresses in brackets: as libpq, into one list of hosts and one of ports.</summary>
    private static void Hosts(ConnectionValues values, string name, string hosts, (string Host, string Port) otherwise)
    {
        var (names, ports) = (new List<string>(), new List<string>());
        foreach (var host in hosts.Split(','))
        {
            var end = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
            if (host.StartsWith('[') && end == 0)
                throw new ConnectionException($"{name}: an IPv6 address has no ] at its end; write [::1]:5432");
            var colon = host.IndexOf(':', end);
            var bare = end > 0 ? host[1..(end - 1)] : Decode(colon < 0 ? host : host[..colon], name);
            if (end > 0 && end < host.Length && colon != end)
                throw new ConnectionException($"{name}: after the ] of an IPv6 address comes a : and the port; write [::1]:5432");
            var port = colon < 0 || colon == host.Length - 1 ? otherwise.Port : host[(colon + 1)..];
            // It is not quoted: it may be a password.
            if (port.Length > 0 && ConnectionSettings.Port(port) is null)
                throw new ConnectionException(
                    $"{name}: the port is no number from 1 to 65535; correct it (and in a password write %2F for /, %3F for ?, %40 for @)"
                );
            names.Add(bare.Length == 0 ? otherwise.Host : bare);
            ports.Add(port);
        }

        if (names.Exists(host => host.Length > 0))
            values.Put("host", string.Join(',', names), name);
        // As in libpq, several hosts without a port have the default one, whatever the environment says.
        if (ports.Count > 1 || ports[0].Length > 0)
            values.Put("port", string.Join(',', ports), name);
    }

    /// <summary>True where what follows the first ? may be the rest of a password with that character in it: no login is before it, but
    /// an @ behind it, or a : directly before it.</summary>
    private static bool MayHoldPassword(string authority, string hosts, string? query) =>
        hosts.Length == authority.Length && (query?.Contains('@', StringComparison.Ordinal) == true || hosts.EndsWith(':'));

    /// <summary>Takes the parameters over. In lists, as SQLAlchemy has them, a host that is repeated is one more; elsewhere the last one
    /// counts.</summary>
    private static void Query(ConnectionValues values, string name, KnownTo form, string? query, bool suspect, bool lists)
    {
        var (before, seen) = ("", new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var parameter in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Cut(parameter, '=');
            var unquoted = suspect || before is "password" or "sslpassword" || value is null;
            value = Decode(form == KnownTo.Jdbc ? (value ?? "").Replace('+', ' ') : value ?? "", name);
            before = key.Contains('%', StringComparison.Ordinal) ? Decode(key, name) : key;
            if (lists && before is "host" or "port")
                seen[before] = value = seen.TryGetValue(before, out var first) ? $"{first},{value}" : value;
            values.Take(name, form, before, value, unquoted);
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
