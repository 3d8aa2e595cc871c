using System.Globalization;
using System.Security.Authentication;
using Npgsql;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Postgres;

/// <summary>Where the database is, from the command line and the environment, in the forms of Flyway, libpq and twelve-factor applications.
/// <see href="https://www.postgresql.org/docs/18/libpq-connect.html"/></summary>
internal static class ConnectionSettings
{
    /// <summary>As migrate exec names the connections of its tool: a migrate within it does not take the name for its own.</summary>
    private const string OuterRun = "migrate exec in ";

    /// <summary>Seconds; libpq has none, and would wait until the system gives up.</summary>
    private const int DefaultTimeout = 15;

    /// <summary>Seconds; the longest that Npgsql takes. The system gives up long before.</summary>
    private const int LongestTimeout = 1024;

    /// <summary>The settings of the connection that does the work.</summary>
    /// <param name="direct">The URL in place of any other, with its source; null for none.</param>
    /// <param name="given">Flyway's settings: url, user, password, jdbcProperties.</param>
    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <exception cref="ConnectionException">A URL is broken, a parameter is refused, a file is missing, or nothing names a
    /// database.</exception>
    public static ServerSettings Read((string Name, string Value)? direct, FlywayConfiguration given, Func<string, string?> variable)
    {
        var (variables, values) = (new SettingsReader(variable), new ConnectionValues());
        var url = direct ?? (given.Get("url") is { Value.Length: > 0 } own ? (own.Source, own.Value) : null);
        if ((url ?? variables.First("DATABASE_URL")) is var (name, text))
            ConnectionUrl.Apply(values, name, text);
        else if (variables.First("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE") is null)
            throw new ConnectionException(
                "no database is named: give --url, or set FLYWAY_URL, DATABASE_URL (each also as ..._FILE) or PGHOST and PGDATABASE"
            );

        foreach (var (key, property) in given.Entries("jdbcProperties"))
            values.Take(property.Source, KnownTo.Jdbc, key, property.Value, unquoted: false);
        Settle(values);
        foreach (var key in (ReadOnlySpan<string>)["user", "password"])
        {
            if (given.Get(key) is { Value.Length: > 0 } login)
                values.Put(key, login.Value, login.Source);
        }

        TakeService(values, variables, variable);
        values.TakeEnvironment(variables);
        RefuseMisplaced(values);
        if (values.Get("application_name")?.StartsWith(OuterRun, StringComparison.Ordinal) == true)
            values.Put("application_name", "", "PGAPPNAME");
        return Build(values, variable);
    }

    /// <summary>The port that a text names; null where it names none.</summary>
    internal static int? Port(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port : null;

    /// <summary>What several parameters of a URL say together, before anything else fills what they leave open.</summary>
    private static void Settle(ConnectionValues values)
    {
        if (values.Get("sslaccept") is { } accept)
        {
            // Prisma names the server's CA so.
            if (values.Get("sslcert") is { } ca && values.Get("sslkey") is null)
            {
                values.Put("sslrootcert", ca, values.Source("sslcert"));
                values.Put("sslcert", "", values.Source("sslcert"));
            }

            if (accept == "strict" && values.Get("sslmode") is not "disable")
                values.Put("sslmode", "verify-full", values.Source("sslaccept"));
            else if (accept is not ("strict" or "accept_invalid_certs"))
                throw values.Wrong("sslaccept", accept, "is not known; write strict or accept_invalid_certs");
        }

        var unverified = values.Get("sslfactory") is { } factory && Factory(values, factory);
        if (values.Get("ssl") is { } ssl && !values.Has("sslmode"))
            values.Put("sslmode", unverified && ssl == "verify-full" ? "require" : ssl, values.Source("ssl"));
    }

    /// <summary>Refuses what holds more than its name says: every message about the connection would quote it, with its password.</summary>
    private static void RefuseMisplaced(ConnectionValues values)
    {
        foreach (var name in (ReadOnlySpan<string>)["host", "dbname", "user"])
        {
            if (values.Get(name) is not { } value)
                continue;
            if (value.Contains("://", StringComparison.Ordinal))
                throw new ConnectionException($"{values.Source(name)} has a URL in place of a {Kind(name)}; put it into DATABASE_URL");
            if (value.Contains("password=", StringComparison.OrdinalIgnoreCase))
                throw new ConnectionException(
                    $"{values.Source(name)} has parameters within the {Kind(name)}; in a URL, write ? before the first one and & between "
                        + "them"
                );
        }

        static string Kind(string name) =>
            name switch
            {
                "dbname" => "database's name",
                "user" => "user's name",
                _ => "host's name",
            };
    }

    /// <summary>True for the class that verifies nothing.</summary>
    private static bool Factory(ConnectionValues values, string name) =>
        name switch
        {
            "org.postgresql.ssl.NonValidatingFactory" => true,
            "org.postgresql.ssl.LibPQFactory" or "org.postgresql.ssl.jdbc4.LibPQFactory" or "org.postgresql.ssl.DefaultJavaSSLFactory" =>
                false,
            _ => throw new ConnectionException($"{values.Source("sslfactory")}: no Java class can be loaded; use sslmode and sslrootcert"),
        };

    private static void TakeService(ConnectionValues values, SettingsReader variables, Func<string, string?> variable)
    {
        foreach (var (name, from) in (ReadOnlySpan<(string, string)>)[("service", "PGSERVICE"), ("servicefile", "PGSERVICEFILE")])
        {
            if (!values.Has(name) && variables.Get(from) is { } value)
                values.Put(name, value, from);
        }

        ServiceFile.Apply(values, variable);
    }

    private static ServerSettings Build(ConnectionValues values, Func<string, string?> variable)
    {
        if (values.Get("user") is not { } user)
            throw new ConnectionException("no database user is named: put it into the URL, or set FLYWAY_USER or PGUSER");
        var database = values.Get("dbname") ?? user;
        var (application, fallback) = (values.Get("application_name"), values.Get("fallback_application_name"));
        var driver = new NpgsqlConnectionStringBuilder
        {
            Username = user,
            Database = database,
            ApplicationName = application ?? fallback,
            Timeout = Math.Min(ConnectionChoices.Seconds(values, "connect_timeout", int.MaxValue) ?? DefaultTimeout, LongestTimeout),
            SearchPath = values.Get("search_path"),
            Timezone = values.Get("timezone"),
            Options = Options(values),
        };
        TakeHome(values, variable);
        ConnectionChoices.Tls(values, driver);
        ConnectionChoices.Login(values, driver);
        ConnectionChoices.KeepAlive(values, driver);
        var settings = new ServerSettings(driver, Servers(values, user, database, variable))
        {
            Kind = ConnectionChoices.Kind(values),
            Shuffle = ConnectionChoices.Of(values, "load_balance_hosts", ("disable", false), ("random", true)) ?? false,
            Protocols = ConnectionChoices.Protocols(values),
            WithoutCertificate = values.Get("sslcertmode") is "disable",
        };
        values.RefuseUnread();
        return settings;
    }

    /// <summary>The files of TLS that libpq finds in the home folder.</summary>
    private static void TakeHome(ConnectionValues values, Func<string, string?> variable)
    {
        if (variable("HOME") is not { Length: > 0 } home)
            return;
        foreach (
            var (name, file) in (ReadOnlySpan<(string, string)>)
                [("sslrootcert", "root.crt"), ("sslcert", "postgresql.crt"), ("sslkey", "postgresql.key")]
        )
        {
            var path = Path.Combine(home, ".postgresql", file);
            // A key of the home folder goes with any certificate that comes without one.
            if (values.Get(name) is null && File.Exists(path) && (name != "sslkey" || values.Get("sslcert") is not null))
                values.Put(name, path, path);
        }
    }

    /// <summary>Options of the server process, and the settings that libpq sends beside them.</summary>
    private static string? Options(ConnectionValues values)
    {
        var options = new List<string>();
        if (values.Get("options") is { } given)
            options.Add(given);
        foreach (var name in (ReadOnlySpan<string>)["datestyle", "geqo"])
        {
            if (values.Get(name) is { } value)
                options.Add(
                    $"-c {name}={value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal)}"
                );
        }

        return options.Count == 0 ? null : string.Join(' ', options);
    }

    private static List<ServerAddress> Servers(ConnectionValues values, string user, string database, Func<string, string?> variable)
    {
        var (hosts, addresses, ports) = (Split(values, "host"), Split(values, "hostaddr"), Split(values, "port"));
        if (hosts.Length > 0 && addresses.Length > 0 && hosts.Length != addresses.Length)
            throw new ConnectionException(
                $"{values.Source("hostaddr")}: {addresses.Length} addresses for {hosts.Length} hosts; write one for each"
            );
        var count = Math.Max(1, Math.Max(hosts.Length, addresses.Length));
        if (ports.Length > 1 && ports.Length != count)
            throw new ConnectionException($"{values.Source("port")}: {ports.Length} ports for {count} hosts; write one, or one for each");
        var (password, file) = (values.Get("password"), values.Get("passfile"));
        file ??=
            variable("HOME") is { Length: > 0 } home && File.Exists(Path.Combine(home, ".pgpass")) ? Path.Combine(home, ".pgpass") : null;
        var servers = new List<ServerAddress>();
        for (var index = 0; index < count; index++)
        {
            var address = addresses.ElementAtOrDefault(index) is { Length: > 0 } given ? given : null;
            if (address is not null && !System.Net.IPAddress.TryParse(address, out _))
                throw new ConnectionException($"{values.Source("hostaddr")}: \"{address}\" is not an IP address; write a name as host");
            var host = hosts.ElementAtOrDefault(index) is { Length: > 0 } named ? named : address ?? "localhost";
            var text = ports.Length > 1 ? ports[index] : ports.FirstOrDefault("");
            // As SQLAlchemy writes it: ?host=h:5433.
            if (address is null && host.Split(':') is [{ Length: > 0 } before, var after] && Port(after) is not null)
                (host, text) = (before, after);
            var port =
                text.Length == 0
                    ? 5432
                    : Port(text)
                        ?? throw new ConnectionException(
                            $"{values.Source("port")}: \"{text}\" is not a port; write a number from 1 to 65535"
                        );
            var server = new ServerAddress(host, address, port) { Password = password };
            if (password is null && file is not null)
            {
                var (found, whyNot) = PasswordFile.Find(file, host, port.ToString(CultureInfo.InvariantCulture), database, user);
                server = server with { Password = found, WhyNoPassword = whyNot };
            }

            servers.Add(server);
        }

        return servers;
    }

    private static string[] Split(ConnectionValues values, string name) =>
        values.Get(name)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
}
