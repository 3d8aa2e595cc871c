using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What a session was set to before any script ran. A script that pg_dump wrote empties the search path and switches lock_timeout
/// off, others take another role: that ends with the script, as in Flyway.
/// <see href="https://www.postgresql.org/docs/current/sql-reset.html"/></summary>
internal sealed class SessionState
{
    /// <summary>How soon a server learns that our node has vanished; as it comes, the kernel asks after two hours, and the lock stays until
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

    private static readonly string[] Kept = ["search_path", "lock_timeout", "statement_timeout", "role"];

    private SessionState(IReadOnlyList<string> texts) => RestoreTexts = texts;

    /// <summary>The statements that bring it back; they may run in a transaction.</summary>
    public IReadOnlyList<string> RestoreTexts { get; }

    /// <summary>The statements that let this server learn soon of a vanished client. It may refuse one: not every system that it runs on
    /// has all of them.</summary>
    public static IEnumerable<string> LivenessTexts(Session session) =>
        OfServer(session).Select(setting => $"SET {setting.Name} = '{setting.Value}'");

    private static IEnumerable<(string Name, string Value, int Since)> OfServer(Session session) =>
        Liveness.Where(setting => session.ServerVersion.Major >= setting.Since);

    /// <summary>Notes how the session is set.</summary>
    public static async Task<SessionState> ReadAsync(Session session, CancellationToken cancel)
    {
        string[] names = [.. Kept, .. OfServer(session).Select(setting => setting.Name)];
        var rows = await session.RowsAsync(
            $"SELECT {string.Join(", ", names.Select(name => $"current_setting('{name}', true)"))}",
            reader =>
                names
                    .Where((_, column) => !reader.IsDBNull(column))
                    .Select(name => (Name: name, Value: reader.GetString(Array.IndexOf(names, name))))
                    .ToList(),
            cancel
        );
        var settings = rows[0].Select(setting => $"set_config('{setting.Name}', {Identifier.Literal(setting.Value)}, false)");
        return new SessionState(["RESET SESSION AUTHORIZATION", "RESET ALL", $"SELECT {string.Join(", ", settings)}"]);
    }
}
