using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>How a session was set before any script ran: the state in which history, journal and deployment log are written.
/// What a script sets lasts to the next one, as in Flyway, but for what is set back before each: search_path and role, as in Flyway, and
/// what we set ourselves, or cannot do without.
/// <see href="https://www.postgresql.org/docs/current/sql-set.html"/></summary>
internal sealed class SessionState
{
    /// <summary>Begins a transaction that can write, whatever default_transaction_read_only and default_transaction_isolation
    /// say.</summary>
    public const string BeginText = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

    /// <summary>Fires deferred triggers while the script's own settings hold, and not at the COMMIT, which runs under ours.</summary>
    public const string FireText = "SET CONSTRAINTS ALL IMMEDIATE";

    /// <summary>Lets the server report RAISE LOG too, for -v.</summary>
    public const string TellAllText = "SET client_min_messages = log";

    /// <summary>How soon a server learns that our node has vanished; by default the kernel asks after two hours, and the lock stays until
    /// then. (client_connection_check_interval: also while a statement runs.)
    /// <see href="https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS"/></summary>
    private static readonly (string Name, string Value, int Since)[] Liveness =
    [
        ("tcp_keepalives_idle", "30s", 9),
        ("tcp_keepalives_interval", "10s", 9),
        ("tcp_keepalives_count", "3", 9),
        ("tcp_user_timeout", "60s", 12),
        ("client_connection_check_interval", "5s", 14),
    ];

    private static readonly string[] Kept = ["search_path", LockTimeout, "statement_timeout", "role"];

    /// <summary>What our own statements need besides <see cref="Kept"/>, whatever the script says.</summary>
    private static readonly (string Name, string Value, int Since)[] Needed =
    [
        ("row_security", "on", 9),
        ("standard_conforming_strings", "on", 9),
        ("client_encoding", "UTF8", 9),
        ("idle_in_transaction_session_timeout", "0", 9),
        ("transaction_timeout", "0", 17),
    ];

    private const string LockTimeout = "lock_timeout";

    /// <summary>Keeps the script's statement_timeout up to the end of the transaction.</summary>
    private const string Held = "migrate.statement_timeout";

    private readonly string _login;
    private readonly IReadOnlyList<(string Name, string Value)> _own;

    private SessionState(string login, int backend, IReadOnlyList<(string Name, string Value)> own, int version, string? initSql)
    {
        (_login, Backend, _own) = (login, backend, own);
        RestoreTexts =
        [
            "RESET SESSION AUTHORIZATION",
            "RESET ALL",
            .. initSql is null ? [] : Splitter.Split("initSql", initSql).Select(statement => statement.Text),
            $"SELECT {string.Join(", ", own.Select(pair => Set(pair, local: false)))}",
        ];
        // A limit of 0 is Flyway's as well, where what a script sets lasts.
        var back = own.Where(pair => pair is not { Name: "statement_timeout", Value: "0" }).Select(pair => Set(pair, local: false));
        SetBackTexts = ["RESET SESSION AUTHORIZATION", "RESET standard_conforming_strings", $"SELECT {string.Join(", ", back)}"];
        var local = own.Where(pair => Kept.Contains(pair.Name))
            .Concat(Needed.Where(setting => version >= setting.Since).Select(setting => (setting.Name, setting.Value)));
        OwnText =
            $"SELECT CASE WHEN session_user <> {Identifier.Literal(login)} THEN {Set(("session_authorization", login), local: true)} END, "
            + string.Join(", ", local.OrderBy(pair => pair.Name != "role").Select(pair => Set(pair, local: true)));
    }

    /// <summary>The statements that bring it back for the session; they may run in a transaction.</summary>
    public IReadOnlyList<string> RestoreTexts { get; }

    /// <summary>The statements that bring back what each script, and each callback, begins with.</summary>
    public IReadOnlyList<string> SetBackTexts { get; }

    /// <summary>The statement that keeps the transactions after a script from being read only.</summary>
    public const string WritableText = "RESET default_transaction_read_only";

    /// <summary>The statement that keeps the server from ending the session while we do something else, such as writing the completion
    /// record (PostgreSQL 14 and later).</summary>
    public const string AwakeText =
        "SELECT CASE WHEN current_setting('idle_session_timeout', true) <> '0' THEN set_config('idle_session_timeout', '0', false) END";

    /// <summary>The statement that brings back, up to the end of the transaction, what our own statements need; then the script's settings
    /// hold again.</summary>
    public string OwnText { get; }

    /// <summary>The server process of this session; behind a pooler not the one that the protocol names.</summary>
    public int Backend { get; }

    /// <summary>The role that logged in.</summary>
    public string Login => _login;

    /// <summary>Our lock_timeout, as the server prints it.</summary>
    public string OwnLockTimeout => _own.First(pair => pair.Name == LockTimeout).Value;

    /// <summary>The statements that return what the script has set, as a JSON object, the role last: to run in a transaction. The list of
    /// settings takes a moment, for which the script's own statement_timeout may be too short.</summary>
    /// <param name="script">The script, which may name parameters that the server cannot list.</param>
    public string[] SnapshotTexts(Script script) =>
        [
            $"SELECT set_config('{Held}', current_setting('statement_timeout'), true), set_config('statement_timeout', '0', true)",
            SnapshotText(script),
        ];

    private string SnapshotText(Script script)
    {
        // Such as app.tenant: pg_settings does not list the parameters that no module defines, so their names come from the script.
        var custom = string.Join(", ", SessionSettings.CustomNames(script).Select(Identifier.Literal));
        var (login, role) = (Identifier.Literal(_login), Identifier.Literal(_own.First(pair => pair.Name == "role").Value));
        return $"""
            SELECT json_object_agg(name, value ORDER BY place, name)::text FROM (
                SELECT 1 AS place, name, value FROM (
                    SELECT name, source, current_setting(CASE name WHEN 'statement_timeout' THEN '{Held}' ELSE name END) AS value
                    FROM pg_catalog.pg_settings) AS s
                    WHERE (source = 'session' OR name IN ({string.Join(", ", Kept.Select(Identifier.Literal))}))
                    AND name NOT IN ('client_encoding', 'transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
                    AND (name, value) NOT IN (VALUES ('client_min_messages', 'log'), {string.Join(", ", _own.Select(Pair))})
                UNION ALL SELECT 2, name, value FROM (
                    SELECT name, current_setting(name, true) AS value FROM unnest(ARRAY[{custom}]::text[]) AS name) AS c
                    WHERE value IS NOT NULL
                UNION ALL SELECT 3, 'session_authorization', session_user::text WHERE session_user <> {login}
                UNION ALL SELECT 4, 'role', current_setting('role') WHERE (session_user, current_setting('role')) <> ({login}, {role})
            ) AS settings
            """;

        static string Pair((string Name, string Value) pair) => $"({Identifier.Literal(pair.Name)}, {Identifier.Literal(pair.Value)})";
    }

    /// <summary>The query that sets what <see cref="SnapshotText"/> returned, in its order; its parameter is that object.</summary>
    public const string ApplyText = "SELECT count(set_config(key, value, false)) FROM json_each_text($1::json)";

    /// <summary>The statements that let this server learn soon of a vanished client. It may refuse one: not every system that it runs on
    /// has all of them.</summary>
    public static IEnumerable<string> LivenessTexts(Session session) =>
        OfServer(session).Select(setting => $"SET {setting.Name} = '{setting.Value}'");

    private static IEnumerable<(string Name, string Value, int Since)> OfServer(Session session) =>
        Liveness.Where(setting => session.ServerVersion.Major >= setting.Since);

    /// <summary>Notes how the session is set.</summary>
    /// <param name="session">The session.</param>
    /// <param name="initSql">What has run on it first; null for nothing.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<SessionState> ReadAsync(Session session, string? initSql, CancellationToken cancel)
    {
        string[] names = [.. Kept, .. OfServer(session).Select(setting => setting.Name)];
        var rows = await session.RowsAsync(
            $"SELECT session_user::text, pg_backend_pid(), {string.Join(", ", names.Select(name => $"current_setting('{name}', true)"))}",
            reader => new SessionState(
                reader.GetString(0),
                reader.GetInt32(1),
                [
                    .. names
                        .Select((name, index) => (Name: name, Column: index + 2))
                        .Where(pair => !reader.IsDBNull(pair.Column))
                        .Select(pair => (pair.Name, reader.GetString(pair.Column))),
                ],
                session.ServerVersion.Major,
                initSql
            ),
            cancel
        );
        return rows[0];
    }

    private static string Set((string Name, string Value) setting, bool local) =>
        $"set_config('{setting.Name}', {Identifier.Literal(setting.Value)}, {(local ? "true" : "false")})";
}
