using System.Runtime.InteropServices;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Tests.Settings;

/// <summary>The table of parameters is complete, and each of its rows does what it says.</summary>
public sealed partial class ConnectionParametersTests
{
    /// <summary>Of PostgreSQL 16 to 18, which Debian's libpq may not have yet.</summary>
    private const string Newer =
        "require_auth=PGREQUIREAUTH load_balance_hosts=PGLOADBALANCEHOSTS sslcertmode=PGSSLCERTMODE gssdelegation=PGGSSDELEGATION "
        + "sslnegotiation=PGSSLNEGOTIATION servicefile=PGSERVICEFILE min_protocol_version=PGMINPROTOCOLVERSION "
        + "max_protocol_version=PGMAXPROTOCOLVERSION scram_client_key= scram_server_key= oauth_issuer= oauth_client_id= "
        + "oauth_client_secret= oauth_scope= sslkeylogfile= requiressl=PGREQUIRESSL";

    /// <summary>Of pgjdbc 42.7, in the order of its PGProperty.</summary>
    private const string Jdbc =
        "adaptiveFetch adaptiveFetchMaximum adaptiveFetchMinimum allowEncodingChanges ApplicationName assumeMinServerVersion "
        + "authenticationPluginClassName autosave binaryTransfer binaryTransferDisable binaryTransferEnable cancelSignalTimeout "
        + "channelBinding cleanupSavepoints connectTimeout convertBooleanToNumeric currentSchema databaseMetadataCacheFields "
        + "databaseMetadataCacheFieldsMiB defaultRowFetchSize disableColumnSanitiser escapeSyntaxCallMode groupStartupParameters "
        + "gssEncMode gsslib gssResponseTimeout gssUseDefaultCreds hideUnprivilegedObjects hostRecheckSeconds jaasApplicationName "
        + "jaasLogin kerberosServerName loadBalanceHosts localSocketAddress loggerFile loggerLevel loginTimeout logServerErrorDetail "
        + "logUnclosedConnections maxResultBuffer maxSendBufferSize options password PGDBNAME PGHOST PGPORT preferQueryMode "
        + "preparedStatementCacheQueries preparedStatementCacheSizeMiB prepareThreshold protocolVersion queryTimeout "
        + "quoteReturningIdentifiers readOnly readOnlyMode receiveBufferSize replication reWriteBatchedInserts sendBufferSize service "
        + "socketFactory socketFactoryArg socketTimeout ssl sslcert sslfactory sslfactoryarg sslhostnameverifier sslkey sslmode "
        + "sslNegotiation sslpassword sslpasswordcallback sslResponseTimeout sslrootcert sspiServiceClass stringtype targetServerType "
        + "tcpKeepAlive tcpNoDelay unknownLength user useSpnego xmlFactoryFactory";

    [PostgresFact]
    public void Every_parameter_and_variable_of_libpq_is_in_the_table()
    {
        var known = Defaults().Concat(Newer.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))).ToList();

        Assert.True(known.Count > 50, $"{known.Count} parameters");
        Assert.All(known, pair =>
        {
            var row = ConnectionParameters.All.FirstOrDefault(row => row.KnownTo.HasFlag(KnownTo.Libpq) && row.Has(pair.Item1));
            Assert.True(row is not null, pair.Item1);
            Assert.True(pair.Item2.Length == 0 || row.Variable == pair.Item2, $"{pair.Item1}: {row.Variable} {pair.Item2}");
        });
    }

    [Fact]
    public void Every_parameter_of_pgjdbc_is_in_the_table() =>
        Assert.All(Jdbc.Split(' '), name =>
            Assert.True(ConnectionParameters.All.Any(row => row.KnownTo.HasFlag(KnownTo.Jdbc) && row.Has(name)), name)
        );

    [Theory]
    [InlineData("PGTZ")]
    [InlineData("PGDATESTYLE")]
    [InlineData("PGGEQO")]
    public void What_libpq_sends_for_the_session_has_a_row(string variable) =>
        Assert.Contains(ConnectionParameters.All, row => row.Variable == variable);

    /// <summary>No name is treated in two ways by the same side.</summary>
    [Fact]
    public void A_name_has_one_row_on_each_side()
    {
        foreach (var side in Enum.GetValues<KnownTo>())
        {
            var names = ConnectionParameters
                .All.Where(row => row.KnownTo.HasFlag(side))
                .SelectMany(row => row.Names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .ToList();
            Assert.Empty(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"{side} {group.Key}"));
        }
    }

    /// <summary>Honoured parameters are read by some code; the others end the run, or change nothing.</summary>
    [Fact]
    public void Each_row_does_what_it_says()
    {
        var plain = Text("postgres://u:p@h/d");
        foreach (var row in ConnectionParameters.All)
        {
            foreach (var name in row.Names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var (url, value) = (
                    row.KnownTo.HasFlag(KnownTo.Jdbc) ? "jdbc:postgresql://h/d?user=u&password=p" : "postgres://u:p@h/d?z=",
                    "zzz"
                );
                url = url.Replace("?z=", "?", StringComparison.Ordinal);
                var result = Result($"{url}&{name}={value}".Replace("?&", "?", StringComparison.Ordinal));
                switch (row.Treatment)
                {
                    case Treatment.WithoutEffect:
                        Assert.Equal(plain, result);
                        break;
                    case Treatment.Refused:
                        Assert.Equal($"DATABASE_URL: {name}: {row.Reason}", result);
                        Assert.All(row.Harmless.Split(' '), harmless =>
                            Assert.Equal(plain, Result($"{url}&{name}={harmless}".Replace("?&", "?", StringComparison.Ordinal)))
                        );
                        break;
                    default:
                        // Another setting, or a refused value: not the same as without it, but for those that this value turns off.
                        Assert.True(
                            plain != result || name is "ssl" or "direct_tls" or "loadBalanceHosts" or "servicefile" or "passfile", name);
                        Assert.DoesNotContain("not supported; remove it", result, StringComparison.Ordinal);
                        break;
                }
            }
        }
    }

    private static string Result(string url)
    {
        try
        {
            return Text(url);
        }
        catch (ConnectionException exception)
        {
            return exception.Message;
        }
    }

    private static string Text(string url)
    {
        var settings = Given.Connection(("DATABASE_URL", url), user: null, new Dictionary<string, string>());
        return $"{settings.Driver.ConnectionString} {string.Join(',', settings.Servers)} {settings.Kind} {settings.Shuffle} "
            + settings.Protocols;
    }

    /// <summary>What the installed libpq knows. <see href="https://www.postgresql.org/docs/current/libpq-connect.html"/>,
    /// PQconndefaults.</summary>
    private static List<(string Name, string Variable)> Defaults()
    {
        var options = new List<(string, string)>();
        for (var at = PQconndefaults(); Marshal.ReadIntPtr(at) != IntPtr.Zero; at += 7 * IntPtr.Size)
            options.Add((Text(Marshal.ReadIntPtr(at)), Text(Marshal.ReadIntPtr(at, IntPtr.Size))));
        return options;

        static string Text(IntPtr text) => Marshal.PtrToStringUTF8(text) ?? "";
    }

    [LibraryImport("libpq.so.5")]
    private static partial IntPtr PQconndefaults();
}
