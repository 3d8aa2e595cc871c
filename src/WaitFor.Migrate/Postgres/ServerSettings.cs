using System.Net;
using System.Security.Authentication;
using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Which servers of several are taken.
/// <see href="https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS"/></summary>
internal enum SessionKind
{
    /// <summary>The first that lets us in.</summary>
    Any,

    /// <summary>The first that is not a replica and not read-only by default.</summary>
    ReadWrite,

    /// <summary>The first that is not a replica.</summary>
    Primary,
}

/// <summary>One place to connect to.</summary>
/// <param name="Host">A name, an address, the folder of a socket, or @ and an abstract socket's name.</param>
/// <param name="Address">The address in place of the name's; null to look it up.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record ServerAddress(string Host, string? Address, int Port)
{
    /// <summary>The password for this place; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Why the password file gives none; null where no file was looked at, or it gave one.</summary>
    public string? WhyNoPassword { get; init; }

    /// <summary>A unix domain socket.</summary>
    public bool IsSocket => Address is null && Host is ['/' or '@', ..];

    /// <summary>What is connected to. The address of no host (0.0.0.0, ::) means this one, as for the system's own connect.</summary>
    public string Target =>
        !IPAddress.TryParse(Address ?? Host, out var address) ? Address ?? Host
        : address.Equals(IPAddress.Any) ? $"{IPAddress.Loopback}"
        : address.Equals(IPAddress.IPv6Any) ? $"{IPAddress.IPv6Loopback}"
        : Address ?? Host;

    /// <summary>What names the place in messages.</summary>
    public string Name =>
        IsSocket ? $"{Host.TrimEnd('/')}/.s.PGSQL.{Port}"
        : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}"
        : $"{Host}:{Port}";
}

/// <summary>What is needed to connect: the places, and what is the same for all of them.</summary>
/// <param name="driver">Npgsql's settings, without a place and without a password.</param>
/// <param name="servers">The places, in order; at least one.</param>
internal sealed class ServerSettings(NpgsqlConnectionStringBuilder driver, IReadOnlyList<ServerAddress> servers)
{
    /// <summary>Npgsql's settings, without a place and without a password.</summary>
    public NpgsqlConnectionStringBuilder Driver => driver;

    /// <summary>The places, in order.</summary>
    public IReadOnlyList<ServerAddress> Servers => servers;

    /// <summary>Which of the servers are taken.</summary>
    public SessionKind Kind { get; init; }

    /// <summary>The servers are tried in random order.</summary>
    public bool Shuffle { get; init; }

    /// <summary>The allowed versions of TLS; None for the system's.</summary>
    public SslProtocols Protocols { get; init; }

    /// <summary>No client certificate is sent, not even the one in the home folder.</summary>
    public bool WithoutCertificate { get; init; }

    /// <summary>The first place's host.</summary>
    public string Host => servers[0].Host;

    /// <summary>The user.</summary>
    public string Username => driver.Username!;

    /// <summary>The database.</summary>
    public string Database => driver.Database!;

    /// <summary>The name of our connections in pg_stat_activity; null for none yet.</summary>
    public string? ApplicationName
    {
        get => driver.ApplicationName;
        set => driver.ApplicationName = value;
    }

    /// <summary>How long one place may take; zero for no limit.</summary>
    public TimeSpan Limit => TimeSpan.FromSeconds(driver.Timeout);

    /// <summary>All places and the database, without user and password, for messages.</summary>
    public string Name => $"{string.Join(',', servers.Select(server => server.Name))}/{Database}";

    /// <summary>One place and the database.</summary>
    public string NameOf(ServerAddress server) => $"{server.Name}/{Database}";

    /// <summary>Npgsql's settings for one place.</summary>
    public NpgsqlConnectionStringBuilder For(ServerAddress server)
    {
        var own = new NpgsqlConnectionStringBuilder(driver.ConnectionString)
        {
            Host = server.Target,
            Port = server.Port,
            Password = server.Password,
        };
        if (ClientCertificate.IsOurs(driver))
            own.SslCertificate = own.SslKey = own.SslPassword = null;
        if (server.IsSocket)
        {
            // As in libpq: a socket has no TLS, whatever sslmode is; and the options of TCP are an error there.
            own.SslMode = SslMode.Disable;
            own.SslNegotiation = SslNegotiation.Postgres;
            own.TcpKeepAlive = false;
            own.TcpKeepAliveTime = own.TcpKeepAliveInterval = 0;
        }

        return own;
    }

    /// <summary>The same servers with another database.</summary>
    public ServerSettings With(string database) =>
        new(new NpgsqlConnectionStringBuilder(driver.ConnectionString) { Database = database }, servers)
        {
            Kind = Kind,
            Shuffle = Shuffle,
            Protocols = Protocols,
            WithoutCertificate = WithoutCertificate,
        };

    /// <summary>What the driver's settings cannot say: the name in the certificate where the address is given apart, TLS versions, and
    /// some client certificates.</summary>
    public void Configure(ServerAddress server, NpgsqlSlimDataSourceBuilder source)
    {
        var ours = ClientCertificate.IsOurs(driver);
        if (server.Address is null && Protocols == SslProtocols.None && !ours && !WithoutCertificate)
            return;
        source.UseSslClientAuthenticationOptionsCallback(options =>
        {
            options.EnabledSslProtocols = Protocols;
            options.TargetHost = server.Host;
            if (WithoutCertificate)
                options.ClientCertificates = [];
            else if (ours)
                options.ClientCertificates = ClientCertificate.Load(driver);
        });
    }
}
