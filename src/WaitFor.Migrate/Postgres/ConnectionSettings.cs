using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Where the database is, from the command line and the environment, in the forms of Flyway, libpq and twelve-factor applications.
/// <see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/></summary>
internal static class ConnectionSettings
{
    /// <summary>The settings of the connection that does the work.</summary>
    /// <param name="url">The URL of the command line; null for none.</param>
    /// <param name="user">The user of the command line; null for none.</param>
    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <returns>The settings; the password stays in them.</returns>
    /// <exception cref="ConnectionException">A URL is broken, a file is missing, or nothing names a database.</exception>
    public static NpgsqlConnectionStringBuilder Read(string? url, string? user, Func<string, string?> variable)
    {
        var values = new SettingsReader(variable);
        var found = url is not null ? ("--url", url) : values.First("FLYWAY_URL", "DATABASE_URL");
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = values.Get("PGHOST") ?? "localhost",
            Port = values.Get("PGPORT") is not { } port
                ? 5432
                : Port(port) ?? throw new ConnectionException($"PGPORT: \"{port}\" is no port; write a number from 1 to 65535"),
            Username = values.Get("PGUSER"),
            Password = values.Get("PGPASSWORD"),
            Database = values.Get("PGDATABASE"),
            SslMode = values.Get("PGSSLMODE") is { } mode ? SslModeOf(mode, "PGSSLMODE") : SslMode.Prefer,
            RootCertificate = values.Get("PGSSLROOTCERT"),
        };
        if (found is var (name, text))
            ConnectionUrl.Apply(settings, name, text);
        else if (values.Get("PGHOST") is null && values.Get("PGDATABASE") is null)
            throw new ConnectionException(
                "no database is named: give --url, or set FLYWAY_URL, DATABASE_URL (each also as ..._FILE) or PGHOST and PGDATABASE"
            );

        if ((user ?? values.Get("FLYWAY_USER")) is { } login)
            settings.Username = login;
        if (values.Get("FLYWAY_PASSWORD") is { } password)
            settings.Password = password;
        if (settings.Username is null or "")
            throw new ConnectionException("no database user is named: put it into the URL, or set FLYWAY_USER or PGUSER");
        settings.Database ??= settings.Username;
        return settings;
    }

    /// <summary>The port that a text names; null where it names none.</summary>
    internal static int? Port(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port)
        && port is > 0 and < 65536
            ? port
            : null;

    internal static SslMode SslModeOf(string mode, string name) =>
        mode switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw new ConnectionException(
                $"{name}: sslmode \"{mode}\" is not known; write disable, allow, prefer, require, verify-ca or verify-full"
            ),
        };
}

/// <summary>Environment variables, each of which may be a file in place of the value: <c>NAME_FILE</c>, a mounted secret.</summary>
internal sealed class SettingsReader(Func<string, string?> variable)
{
    /// <summary>The value of a variable, or of the file that <c>NAME_FILE</c> names, without a line end at its end; null where neither is
    /// set. An empty one counts as none.</summary>
    /// <exception cref="ConnectionException">Both are set, or the file cannot be read.</exception>
    public string? Get(string name)
    {
        var (value, file) = (
            variable(name) is { Length: > 0 } text ? text : null,
            variable(name + "_FILE") is { Length: > 0 } path ? path : null
        );
        if (file is null)
            return value;
        if (value is not null)
            throw new ConnectionException($"{name} and {name}_FILE are both set; remove one");
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n') is { Length: > 0 } content
                ? content
                : throw new ConnectionException($"{name}_FILE: {file} is empty; put the value into it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConnectionException(
                $"{name}_FILE: {file} cannot be read: {exception.Message}; mount the secret there, or correct the path",
                exception
            );
        }
    }

    /// <summary>The first of the variables that is set, with its name.</summary>
    public (string Name, string Value)? First(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Get(name) is { } value)
                return (name, value);
        }

        return null;
    }
}
