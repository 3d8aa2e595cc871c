using System.Globalization;
using System.Security.Authentication;
using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Parameters with a fixed set of values, as Npgsql's settings.</summary>
internal static class ConnectionChoices
{
    /// <summary>What a value of a parameter stands for; null where the parameter is not given.</summary>
    /// <exception cref="ConnectionException">It has another value; all that it may have are listed.</exception>
    public static T? Of<T>(ConnectionValues values, string name, params ReadOnlySpan<(string Value, T Means)> choices)
        where T : struct => Of(values, name, StringComparison.Ordinal, choices);

    private static T? Of<T>(
        ConnectionValues values,
        string name,
        StringComparison comparison,
        params ReadOnlySpan<(string Value, T Means)> choices
    )
        where T : struct
    {
        if (values.Get(name) is not { } given)
            return null;
        var all = "";
        for (var index = 0; index < choices.Length; index++)
        {
            if (choices[index].Value.Equals(given, comparison))
                return choices[index].Means;
            all +=
                (
                    index == 0 ? ""
                    : index == choices.Length - 1 ? " or "
                    : ", "
                ) + choices[index].Value;
        }

        throw values.Wrong(name, given, $"is not known; write {all}");
    }

    /// <summary>A number of seconds; null where it is not given. A negative one is libpq's "no limit", 0.</summary>
    public static int? Seconds(ConnectionValues values, string name, int most)
    {
        if (values.Get(name) is not { } given)
            return null;
        return int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds) && seconds <= most
            ? Math.Max(seconds, 0)
            : throw values.Wrong(name, given, $"is not a number of seconds; write 0 to {most}");
    }

    /// <summary>Which servers are taken.</summary>
    public static SessionKind Kind(ConnectionValues values) =>
        values.Get("target_session_attrs") switch
        {
            null or "any" => SessionKind.Any,
            "read-write" => SessionKind.ReadWrite,
            "primary" => SessionKind.Primary,
            var other => throw values.Wrong(
                "target_session_attrs",
                other,
                "is not possible: a migration needs the primary; write primary, or leave it out"
            ),
        };

    /// <summary>The allowed versions of TLS; None for the system's.</summary>
    public static SslProtocols Protocols(ConnectionValues values)
    {
        // As in libpq, case does not matter here.
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        var least = Of(values, "ssl_min_protocol_version", anyCase, ("TLSv1", 1), ("TLSv1.1", 1), ("TLSv1.2", 2), ("TLSv1.3", 3));
        var most = Of(values, "ssl_max_protocol_version", anyCase, ("TLSv1.2", 2), ("TLSv1.3", 3));
        if (least is null && most is null)
            return SslProtocols.None;
        if (least > most)
            throw new ConnectionException(
                $"{values.Source("ssl_min_protocol_version")} is above ssl_max_protocol_version; correct one of them"
            );
        return (least is 3 ? SslProtocols.None : SslProtocols.Tls12) | (most is 2 ? SslProtocols.None : SslProtocols.Tls13);
    }

    /// <summary>TLS, its files and its negotiation.</summary>
    public static void Tls(ConnectionValues values, NpgsqlConnectionStringBuilder driver)
    {
        var legacy = Of(values, "requiressl", ("0", false), ("1", true)) == true ? SslMode.Require : SslMode.Prefer;
        var mode = Of(
            values,
            "sslmode",
            ("disable", SslMode.Disable),
            ("allow", SslMode.Allow),
            ("prefer", SslMode.Prefer),
            ("require", SslMode.Require),
            ("verify-ca", SslMode.VerifyCA),
            ("verify-full", SslMode.VerifyFull)
        );
        driver.SslMode = mode ?? legacy;
        Roots(values, driver, given: mode is not null);
        driver.SslNegotiation = Of(values, "sslnegotiation", ("postgres", SslNegotiation.Postgres), ("direct", SslNegotiation.Direct))
            ?? SslNegotiation.Postgres;
        if (driver is { SslNegotiation: SslNegotiation.Direct, SslMode: SslMode.Disable or SslMode.Allow or SslMode.Prefer })
            throw new ConnectionException($"{values.Source("sslnegotiation")}: direct needs TLS; add sslmode=require, or a stronger one");
        var (certificate, key, password) = (values.Get("sslcert"), values.Get("sslkey"), values.Get("sslpassword"));
        switch (values.Get("sslcertmode"))
        {
            case null or "allow":
                (driver.SslCertificate, driver.SslKey, driver.SslPassword) = (certificate, key, password);
                break;
            case "disable":
                break;
            case var other:
                throw values.Wrong("sslcertmode", other, "is not possible: whether the server asked is not known; write allow or disable");
        }
    }

    /// <summary>How the user proves who they are.</summary>
    public static void Login(ConnectionValues values, NpgsqlConnectionStringBuilder driver)
    {
        driver.ChannelBinding = Of(
            values,
            "channel_binding",
            ("disable", ChannelBinding.Disable),
            ("prefer", ChannelBinding.Prefer),
            ("require", ChannelBinding.Require)
        ) ?? ChannelBinding.Prefer;
        // Npgsql would let in who is not asked for a password, or asked in another way.
        const string bound = "ScramSHA256";
        var binds = driver.ChannelBinding == ChannelBinding.Require;
        if (values.Get("require_auth") is not { } given)
        {
            driver.RequireAuth = binds ? bound : null;
            return;
        }

        var methods = given.Split(',').Select(method => method.Trim()).ToArray();
        var excludes = methods[0].StartsWith('!');
        var names = methods
            .Select(method =>
                method.StartsWith('!') != excludes
                    ? throw values.Wrong("require_auth", given, "mixes methods with and without !; write one kind")
                    : (excludes ? "!" : "")
                        + (
                            method.TrimStart('!') switch
                            {
                                "password" => "Password",
                                "md5" => "MD5",
                                "scram-sha-256" => bound,
                                "none" => "None",
                                "gss" => "GSS",
                                "sspi" => "SSPI",
                                _ => throw values.Wrong(
                                    "require_auth",
                                    given,
                                    "is not known; write password, md5, scram-sha-256, gss, sspi or none, with commas, or each with a !"
                                ),
                            }
                        )
            )
            .ToList();
        if (binds && (excludes ? names.Contains($"!{bound}") : !names.Contains(bound)))
            throw values.Wrong("require_auth", given, "leaves out scram-sha-256, which channel_binding=require needs; add it");
        driver.RequireAuth = binds ? bound : string.Join(',', names);
    }

    /// <summary>TCP keep-alive. As the system has it, the first probe is sent after two hours: a load balancer forgets an idle connection,
    /// as that of exec is, within minutes.</summary>
    public static void KeepAlive(ConnectionValues values, NpgsqlConnectionStringBuilder driver)
    {
        var on =
            values.Get("keepalives") is not { } given
            || (
                int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                    ? number != 0
                    : throw values.Wrong("keepalives", given, "is not known; write 1 or 0")
            );
        var (idle, interval) = (Seconds(values, "keepalives_idle", short.MaxValue), Seconds(values, "keepalives_interval", short.MaxValue));
        driver.TcpKeepAlive = on;
        driver.TcpKeepAliveTime =
            !on ? 0
            : idle is null or 0 ? 30
            : idle.Value;
        driver.TcpKeepAliveInterval =
            !on ? 0
            : interval is null or 0 ? 10
            : interval.Value;
    }

    /// <summary>A CA that is named is used: as in libpq, require then verifies as verify-ca does.</summary>
    private static void Roots(ConnectionValues values, NpgsqlConnectionStringBuilder driver, bool given)
    {
        var root = values.Get("sslrootcert");
        if (root == "system")
        {
            if (given && driver.SslMode != SslMode.VerifyFull)
                throw new ConnectionException(
                    $"{values.Source("sslrootcert")}: system works only with sslmode=verify-full, as anybody can have a certificate of a "
                        + "public authority; write sslmode=verify-full, or the file of the server's CA"
                );
            driver.SslMode = SslMode.VerifyFull;
            return;
        }

        driver.RootCertificate = root;
        if (root is not null && driver.SslMode == SslMode.Require)
            driver.SslMode = SslMode.VerifyCA;
    }
}
