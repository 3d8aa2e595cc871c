namespace WaitFor.Migrate.Postgres;

/// <summary>Who knows a parameter by a name.</summary>
[Flags]
internal enum KnownTo
{
    /// <summary>libpq: URLs, key=value strings, service files.
    /// <see href="https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS"/></summary>
    Libpq = 1,

    /// <summary>pgjdbc, and so Flyway. <see href="https://jdbc.postgresql.org/documentation/use/#connection-parameters"/></summary>
    Jdbc = 2,

    /// <summary>Drivers, pools and frameworks of applications, which read the same DATABASE_URL.</summary>
    Application = 4,
}

/// <summary>What migrate does with a parameter.</summary>
internal enum Treatment
{
    /// <summary>It has its effect.</summary>
    Honoured,

    /// <summary>It is accepted, and has no effect here; the reason says why none is needed.</summary>
    WithoutEffect,

    /// <summary>It ends the run before anything is contacted, except for the values that ask for nothing.</summary>
    Refused,
}

/// <summary>Parameters that are treated alike.</summary>
/// <param name="Names">The names, as they are written (case matters), separated by spaces.</param>
/// <param name="KnownTo">Who knows them.</param>
/// <param name="Treatment">What is done with them.</param>
/// <param name="Reason">What it does here; why it has no effect; or why it is refused and what to do.</param>
/// <param name="Variable">libpq's environment variable; null for none.</param>
/// <param name="Means">libpq's name of the same thing; null where the name itself is that.</param>
/// <param name="Harmless">Of a refused one, the values that ask for nothing, separated by spaces.</param>
internal sealed record ConnectionParameter(
    string Names,
    KnownTo KnownTo,
    Treatment Treatment,
    string Reason,
    string? Variable = null,
    string? Means = null,
    string Harmless = ""
)
{
    /// <summary>Whether a name is one of these.</summary>
    public bool Has(string name) => name.Length > 0 && Contains(Names, name);

    /// <summary>Whether a value of a refused parameter asks for nothing.</summary>
    public bool AsksForNothing(string value) => value.Length == 0 || Contains(Harmless, value);

    private static bool Contains(string words, string word) => Array.IndexOf(words.Split(' '), word) >= 0;
}

/// <summary>The one table of connection parameters: URLs, key=value strings, environment variables, service files, the documentation and
/// the test of completeness read it.</summary>
internal static class ConnectionParameters
{
    private const KnownTo Libpq = KnownTo.Libpq;
    private const KnownTo Jdbc = KnownTo.Jdbc;
    private const KnownTo Both = KnownTo.Libpq | KnownTo.Jdbc;
    private const KnownTo Application = KnownTo.Application;
    private const Treatment Honoured = Treatment.Honoured;
    private const Treatment WithoutEffect = Treatment.WithoutEffect;
    private const Treatment Refused = Treatment.Refused;
    private const string Drop = "remove it";

    /// <summary>All of them. A name that two sides know with the same meaning stands once.</summary>
    public static IReadOnlyList<ConnectionParameter> All { get; } =
    [
        new("host", Libpq | Application, Honoured, "names, addresses or socket folders, tried in order", "PGHOST"),
        new("hostaddr", Libpq, Honoured, "the addresses to connect to; host stays the name for TLS", "PGHOSTADDR"),
        new("port", Libpq | Application, Honoured, "one port, or one for each host", "PGPORT"),
        new("dbname", Libpq, Honoured, "the database", "PGDATABASE"),
        new("user", Both, Honoured, "the user", "PGUSER"),
        new("password", Both, Honoured, "the password", "PGPASSWORD"),
        new("passfile", Libpq, Honoured, "a password file; it must not be readable by others", "PGPASSFILE"),
        new("service", Both, Honoured, "a section of the service file", "PGSERVICE"),
        new("servicefile", Libpq, Honoured, "the service file", "PGSERVICEFILE"),
        new("require_auth", Libpq, Honoured, "the allowed ways to log in", "PGREQUIREAUTH"),
        new("channel_binding", Libpq, Honoured, "disable, prefer or require", "PGCHANNELBINDING"),
        new("connect_timeout", Libpq | Application, Honoured, "seconds for each host; 0 for no limit", "PGCONNECT_TIMEOUT"),
        new("options", Both, Honoured, "options of the server process, such as -c search_path=app", "PGOPTIONS"),
        new("application_name", Libpq | Application, Honoured, "the name in pg_stat_activity", "PGAPPNAME"),
        new("fallback_application_name", Libpq, Honoured, "the name where application_name is not given"),
        new("keepalives keepalives_idle keepalives_interval", Libpq, Honoured, "TCP keep-alive; 30s and 10s where not given"),
        new("sslmode", Both | Application, Honoured, "disable, allow, prefer, require, verify-ca, verify-full", "PGSSLMODE"),
        new("requiressl", Libpq, Honoured, "1 is sslmode=require", "PGREQUIRESSL"),
        new("sslnegotiation", Libpq, Honoured, "postgres, or direct (PostgreSQL 17)", "PGSSLNEGOTIATION"),
        new("sslcert", Both, Honoured, "the client's certificate, PEM", "PGSSLCERT"),
        new("sslkey", Both, Honoured, "its key, PEM", "PGSSLKEY"),
        new("sslpassword", Both, Honoured, "the key's password"),
        new("sslcertmode", Libpq, Honoured, "disable sends no client certificate; require is refused", "PGSSLCERTMODE"),
        new("sslrootcert", Both, Honoured, "the server's CA, PEM; system for the host's authorities", "PGSSLROOTCERT"),
        new("ssl_min_protocol_version", Libpq, Honoured, "TLSv1.2 or TLSv1.3", "PGSSLMINPROTOCOLVERSION"),
        new("ssl_max_protocol_version", Libpq, Honoured, "TLSv1.2 or TLSv1.3", "PGSSLMAXPROTOCOLVERSION"),
        new("target_session_attrs", Libpq, Honoured, "any, read-write or primary", "PGTARGETSESSIONATTRS"),
        new("load_balance_hosts", Libpq, Honoured, "random: the hosts are tried in random order", "PGLOADBALANCEHOSTS"),
        new("", Libpq, Honoured, "the session's time zone", "PGTZ", "timezone"),
        new("", Libpq, Honoured, "the session's style of dates", "PGDATESTYLE", "datestyle"),
        new("", Libpq, Honoured, "the session's genetic query optimizer", "PGGEQO", "geqo"),
        // Aliases.
        new("ssl", Jdbc | Application, Honoured, "jdbc: true is sslmode=verify-full; elsewhere true is require, or it is a sslmode"),
        new("ssl_require", Application, Honoured, "true is sslmode=require"),
        new("sslaccept", Application, Honoured, "strict is sslmode=verify-full (Prisma)"),
        new("sslfactory", Jdbc, Honoured, "NonValidatingFactory: ssl=true does not verify; other than pgjdbc's own are refused"),
        new("sslNegotiation", Jdbc, Honoured, "as sslnegotiation", Means: "sslnegotiation"),
        new("sslMode", Application, Honoured, "as sslmode (R2DBC)", Means: "sslmode"),
        new("ApplicationName", Jdbc, Honoured, "as application_name", Means: "application_name"),
        new("applicationName", Application, Honoured, "as application_name (R2DBC)", Means: "application_name"),
        new("channelBinding", Jdbc, Honoured, "as channel_binding", Means: "channel_binding"),
        new("connectTimeout loginTimeout", Jdbc, Honoured, "as connect_timeout", Means: "connect_timeout"),
        new("targetServerType", Jdbc, Honoured, "any, primary or preferPrimary", Means: "target_session_attrs"),
        new("loadBalanceHosts", Jdbc, Honoured, "as load_balance_hosts", Means: "load_balance_hosts"),
        new("tcpKeepAlive", Jdbc, Honoured, "as keepalives", Means: "keepalives"),
        new("gssEncMode", Jdbc, Refused, NoKerberos, Harmless: "disable allow prefer"),
        new("PGHOST", Jdbc, Honoured, "as host", Means: "host"),
        new("PGPORT", Jdbc, Honoured, "as port", Means: "port"),
        new("PGDBNAME", Jdbc, Honoured, "as dbname", Means: "dbname"),
        new("socket", Application, Honoured, "a socket folder (dbmate)", Means: "host"),
        new("unix_sock", Application, Honoured, "a socket (pg8000)", Means: "host"),
        new("direct_tls", Application, Honoured, "true is sslnegotiation=direct (asyncpg)", Means: "sslnegotiation"),
        new("ssl-mode", Application, Honoured, "as sslmode (SQLx)", Means: "sslmode"),
        new("ssl-root-cert ssl-ca", Application, Honoured, "as sslrootcert (SQLx)", Means: "sslrootcert"),
        new("ssl-cert", Application, Honoured, "as sslcert (SQLx)", Means: "sslcert"),
        new("ssl-key", Application, Honoured, "as sslkey (SQLx)", Means: "sslkey"),
        new("database", Application, Honoured, "as dbname", Means: "dbname"),
        new("username", Application, Honoured, "as user", Means: "user"),
        new("currentSchema schema search_path schema_search_path", Jdbc | Application, Honoured, "the search path", Means: "search_path"),
        new("timezone TimeZone", Application, Honoured, "the session's time zone", Means: "timezone"),
        new("datestyle DateStyle", Application, Honoured, "the session's style of dates", Means: "datestyle"),
        // libpq's without an effect.
        new("client_encoding", Libpq | Application, WithoutEffect, "scripts are sent as UTF-8, whatever is given", "PGCLIENTENCODING"),
        new("keepalives_count tcp_user_timeout", Libpq, WithoutEffect, "the system's defaults are used"),
        new("sslcompression", Libpq, WithoutEffect, "TLS is never compressed", "PGSSLCOMPRESSION"),
        new("krbsrvname", Libpq, WithoutEffect, "Kerberos is not used", "PGKRBSRVNAME"),
        new("gsslib", Libpq, WithoutEffect, "Kerberos is not used", "PGGSSLIB"),
        new("gssdelegation", Libpq, WithoutEffect, "Kerberos is not used", "PGGSSDELEGATION"),
        new("tty authtype", Libpq, WithoutEffect, "no server uses it any more", "PGTTY"),
        new("max_protocol_version", Libpq, WithoutEffect, "migrate uses version 3.0, which every server knows", "PGMAXPROTOCOLVERSION"),
        // libpq's that are refused.
        new("gssencmode", Libpq, Refused, NoKerberos, "PGGSSENCMODE", Harmless: "disable prefer"),
        new("min_protocol_version", Libpq, Refused, $"migrate uses protocol version 3.0; {Drop}", "PGMINPROTOCOLVERSION", Harmless: "3.0"),
        new("sslcrl", Libpq, Refused, NoLists, "PGSSLCRL"),
        new("sslcrldir", Libpq, Refused, NoLists, "PGSSLCRLDIR"),
        new("sslsni", Libpq, Refused, $"the host's name is always sent; {Drop}", "PGSSLSNI", Harmless: "1"),
        new("requirepeer", Libpq, Refused, $"the server's user cannot be checked; {Drop}", "PGREQUIREPEER"),
        new("sslkeylogfile", Libpq, Refused, $"keys are not written to files; {Drop}"),
        new("replication", Both, Refused, $"a migration needs a normal connection; {Drop}", Harmless: "false off no 0"),
        new("scram_client_key scram_server_key", Libpq, Refused, "a login by SCRAM keys is not supported; give the password"),
        new("oauth_issuer oauth_client_id oauth_client_secret oauth_scope", Libpq, Refused, "OAuth is not supported; use a password"),
        // pgjdbc's without an effect.
        new(
            "adaptiveFetch adaptiveFetchMaximum adaptiveFetchMinimum allowEncodingChanges assumeMinServerVersion autosave binaryTransfer "
                + "binaryTransferEnable binaryTransferDisable cancelSignalTimeout cleanupSavepoints convertBooleanToNumeric "
                + "databaseMetadataCacheFields databaseMetadataCacheFieldsMiB dateStyle defaultRowFetchSize disableColumnSanitiser "
                + "escapeSyntaxCallMode groupStartupParameters hideUnprivilegedObjects hostRecheckSeconds logServerErrorDetail "
                + "logUnclosedConnections loggerFile loggerLevel maxResultBuffer maxSendBufferSize preferQueryMode prepareThreshold "
                + "preparedStatementCacheQueries preparedStatementCacheSizeMiB quoteReturningIdentifiers reWriteBatchedInserts "
                + "readOnlyMode receiveBufferSize sendBufferSize stringtype tcpNoDelay unknownLength xmlFactoryFactory pemKeyAlgorithm "
                + "scramMaxIterations",
            Jdbc,
            WithoutEffect,
            "it tunes the Java driver"
        ),
        new("socketTimeout", Jdbc, WithoutEffect, "a statement has no limit; keep-alive detects a lost server"),
        new("gssResponseTimeout sslResponseTimeout", Jdbc, WithoutEffect, "connect_timeout covers it"),
        new(
            "gssUseDefaultCreds jaasApplicationName jaasLogin kerberosServerName sspiServiceClass useSpnego gsslib",
            Jdbc,
            WithoutEffect,
            "Kerberos is not used"
        ),
        new("protocolVersion", Jdbc, WithoutEffect, "migrate uses protocol version 3.0"),
        // pgjdbc's that are refused.
        new("readOnly", Jdbc, Refused, $"a migration writes; {Drop}", Harmless: "false"),
        new("queryTimeout", Jdbc, Refused, "use --statement-timeout", Harmless: "0"),
        new("localSocketAddress", Jdbc, Refused, $"the local address cannot be chosen; {Drop}"),
        new(
            "socketFactory socketFactoryArg",
            Jdbc,
            Refused,
            "no Java class can be loaded; for a socket write DATABASE_URL with host=/FOLDER"
        ),
        new("authenticationPluginClassName", Jdbc, Refused, "no Java class can be loaded; give the password"),
        new(
            "sslfactoryarg sslhostnameverifier sslpasswordcallback",
            Jdbc,
            Refused,
            "no Java class can be loaded; use sslrootcert, sslpassword"
        ),
        // What applications add for their own driver, pool or framework.
        new(
            "pool pool_size pool_timeout pool_min_size pool_max_size pool_max_conns pool_min_conns pool_min_idle_conns "
                + "pool_max_conn_lifetime pool_max_conn_lifetime_jitter pool_max_conn_idle_time pool_health_check_period pool_recycle "
                + "pool_pre_ping max_overflow connection_limit single_use_connections max min minPoolSize maxPoolSize max_connections "
                + "min_connections max_threads checkout_timeout idle_timeout idleTimeoutMillis connectionTimeoutMillis "
                + "minsize maxsize max_queries max_inactive_connection_lifetime initialSize maxSize maxIdleTime maxLifeTime queue_target "
                + "queue_interval reaping_frequency max_age keepAlive conn_max_age conn_health_checks max_idle_time "
                + "max_lifetime acquire_timeout",
            Application,
            WithoutEffect,
            "it tunes the application's pool; a migration has one connection"
        ),
        new(
            "pgbouncer supa prepared_statements prepare no_prepare prepared_statement_cache_size statement_cache_size statement_cache_mode "
                + "statement_cache_capacity description_cache_capacity default_query_exec_mode binary_parameters statement_limit "
                + "disable_prepared_binary_result prepared_statement_name_func preparedStatementCacheQueries statementCacheSize "
                + "statement-cache-capacity max_cached_statement_lifetime max_cacheable_statement_size",
            Application,
            WithoutEffect,
            "it tunes prepared statements; migrate detects a pooler in transaction mode itself"
        ),
        new(
            "adapter engine encoding advisory_locks min_messages insert_returning database_tasks migrations_paths uselibpqcompat "
                + "async_fallback executemany_mode use_native_unicode disable_server_side_cursors atomic_requests command_timeout "
                + "socket_timeout timeout tcp_keepalive async_ reconnect keepalives_retries query_timeout socketTimeout_ms charset "
                + "serverVersion statement_timeout_ms",
            Application,
            WithoutEffect,
            "it tunes the application's driver or framework"
        ),
        new("statement_timeout", Application, Refused, "use --statement-timeout for migrate, and another URL for the application"),
        new("lock_timeout", Application, Refused, "use --statement-lock-timeout for migrate, and another URL for the application"),
        new("sslidentity", Application, Refused, "a PKCS#12 file of Prisma's is not read; use sslcert and sslkey (PEM)"),
        new("sslinline", Application, Refused, "certificates are read from files; use sslrootcert, sslcert, sslkey", Harmless: "false"),
        new("ssl_context", Application, Refused, "use sslmode and sslrootcert"),
    ];

    private const string NoKerberos = "Kerberos is not supported; use TLS (sslmode)";
    private const string NoLists = "lists of revoked certificates are not read; remove it";

    /// <summary>The parameter of a name, where one side's row comes before the others'; null where nobody knows it.</summary>
    public static ConnectionParameter? Find(string name, KnownTo first) =>
        All.FirstOrDefault(row => row.KnownTo.HasFlag(first) && row.Has(name)) ?? All.FirstOrDefault(row => row.Has(name));
}
