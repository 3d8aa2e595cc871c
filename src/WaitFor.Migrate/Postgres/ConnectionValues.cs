using System.Diagnostics.CodeAnalysis;

namespace WaitFor.Migrate.Postgres;

/// <summary>What URL, service file and environment give, by libpq's names. Each value knows where it comes from, for messages; no message
/// quotes a value that may be a secret.</summary>
internal sealed class ConnectionValues
{
    private readonly Dictionary<string, (string Value, string Source)> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>The value of a parameter, by libpq's name; null where it is not given or is empty.</summary>
    public string? Get(string name)
    {
        _read.Add(name);
        return _values.TryGetValue(name, out var given) && given.Value.Length > 0 ? given.Value : null;
    }

    /// <summary>Whether a parameter is given, if only as an empty text.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Where a parameter comes from, such as <c>DATABASE_URL: sslmode</c> or <c>PGSSLMODE</c>.</summary>
    public string Source(string name) => _values.TryGetValue(name, out var given) ? given.Source : name;

    /// <summary>Sets a parameter of libpq's name; a later value replaces an earlier one.</summary>
    /// <exception cref="ConnectionException">It has a character that the protocol cannot send.</exception>
    public void Put(string name, string value, string source) =>
        _values[name] = value.Contains('\0', StringComparison.Ordinal)
            ? throw new ConnectionException($"{source} has the character NUL (%00 in a URL), which PostgreSQL does not take; remove it")
            : (value, source);

    /// <summary>Takes over what others give, where it is not given here.</summary>
    public void Fill(ConnectionValues others)
    {
        foreach (var (name, given) in others._values)
            _values.TryAdd(name, given);
    }

    /// <summary>Takes a parameter as somebody wrote it.</summary>
    /// <param name="origin">Where it stands, for messages, such as DATABASE_URL.</param>
    /// <param name="form">Whose names are looked up first.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="value">Its value, decoded.</param>
    /// <param name="unquoted">The name may be a part of a password with an unescaped &amp; or ?: it is not quoted.</param>
    /// <exception cref="ConnectionException">It is refused, or nobody knows it.</exception>
    public void Take(string origin, KnownTo form, string name, string value, bool unquoted)
    {
        // golang-migrate's own; they stay away from the server.
        if (name.StartsWith("x-", StringComparison.Ordinal))
            return;
        var row = ConnectionParameters.Find(name, form) ?? throw Unknown(origin, unquoted ? null : name);
        var source = $"{origin}: {name}";
        if (Accept(row, source, value))
            Translate(row.Means ?? name, name, value, source, form);
    }

    /// <summary>Takes over what the environment has of libpq's variables, where nothing else gave it.</summary>
    /// <exception cref="ConnectionException">A variable is refused.</exception>
    public void TakeEnvironment(SettingsReader variables)
    {
        foreach (var row in ConnectionParameters.All)
        {
            if (row.Variable is not { } variable || Has(row.Means ?? row.Names) || variables.Get(variable) is not { } value)
                continue;
            if (Accept(row, variable, value))
                Put(row.Means ?? row.Names, value, variable);
        }
    }

    /// <summary>Refuses what no code has looked at: a parameter is never dropped without a word.</summary>
    public void RefuseUnread()
    {
        foreach (var (name, (_, source)) in _values)
        {
            if (!_read.Contains(name))
                throw new ConnectionException($"{source}: this parameter is not supported; remove it");
        }
    }

    /// <summary>A value that is none of those that a parameter has.</summary>
    public ConnectionException Wrong(string name, string value, string next) => new($"{Source(name)} \"{value}\" {next}");

    private static bool Accept(ConnectionParameter row, string source, string value) =>
        row.Treatment switch
        {
            Treatment.Honoured => true,
            Treatment.Refused when !row.AsksForNothing(value.ToLowerInvariant()) =>
                throw new ConnectionException($"{source}: {row.Reason}"),
            _ => false,
        };

    private void Translate(string means, string name, string value, string source, KnownTo form)
    {
        switch (name)
        {
            case "ssl" when form == KnownTo.Jdbc:
                // pgjdbc: sslmode goes before it, and false is its default, prefer.
                Put("ssl", value.Length == 0 || IsTrue(value) ? "verify-full" : "prefer", source);
                break;
            case "sslmode" when form == KnownTo.Jdbc:
                Put(means, value.ToLowerInvariant(), source);
                break;
            case "schema" when form != KnownTo.Jdbc:
                // Prisma's is one schema, and its case counts.
                Put(means, IsPlain(value) ? value : Sql.Identifier.Quote(value), source);
                break;
            case "direct_tls":
                Put(means, IsTrue(value) ? "direct" : "postgres", source);
                break;
            case "unix_sock":
                // pg8000 names the socket itself: FOLDER/.s.PGSQL.PORT.
                var at = value.LastIndexOf("/.s.PGSQL.", StringComparison.Ordinal);
                Put("host", at < 0 ? value : value[..at], source);
                if (at >= 0)
                    Put("port", value[(at + "/.s.PGSQL.".Length)..], source);
                break;
            case "sslmode" when value == "no-verify":
                // node-postgres: TLS with any certificate, which is libpq's require.
                Put(means, "require", source);
                break;
            case "ssl" or "ssl_require":
                Put("ssl", SslOf(value, source), source);
                break;
            case "sslfactory":
                Put("sslfactory", value, source);
                break;
            case "sslaccept":
                Put("sslaccept", value, source);
                break;
            case "targetServerType":
                Put(means, value is "master" or "preferPrimary" ? "primary" : value, source);
                break;
            case "loadBalanceHosts":
                Put(means, IsTrue(value) ? "random" : "disable", source);
                break;
            case "tcpKeepAlive":
                Put(means, IsTrue(value) ? "1" : "0", source);
                break;
            default:
                Put(means, value, source);
                break;
        }
    }

    /// <summary>As Java reads it.</summary>
    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>A name, or a list of names, that means the same without quotes.</summary>
    private static bool IsPlain(string value) =>
        value.Contains('"', StringComparison.Ordinal)
        || value.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit is '_' or '$' or ',' or ' ')
            && value.Split(',', StringSplitOptions.TrimEntries).All(name => !name.Contains(' ', StringComparison.Ordinal));

    private static string SslOf(string value, string source) =>
        value switch
        {
            "" or "true" or "True" or "1" or "no-verify" => "require",
            "false" or "False" or "0" => "disable",
            "disable" or "allow" or "prefer" or "require" or "verify-ca" or "verify-full" => value,
            _ => throw new ConnectionException($"{source}: write true or false, or use sslmode"),
        };

    private static ConnectionException Unknown(string origin, string? name) =>
        new(
            $"{origin}: "
                + (
                    IsName(name)
                        ? $"the parameter \"{name}\" is not known; remove it, or give migrate its own URL (--direct-url)"
                        : "a parameter is not known, which may be part of a password: in a URL write %26 for &, %3F for ?, %40 for @ there"
                )
        );

    /// <summary>A text that is quoted: what is longer, or has other characters, may be part of a password.</summary>
    private static bool IsName([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= 40 } && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-' or '.' or '[' or ']');
}
