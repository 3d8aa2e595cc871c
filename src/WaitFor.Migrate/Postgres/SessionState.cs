using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What a session was set to before any script ran. A script that pg_dump wrote empties the search path and switches lock_timeout off, others take another role: that ends with the script, as in Flyway.
/// <see href="https://www.postgresql.org/docs/current/sql-reset.html"/></summary>
internal sealed class SessionState
{
    private static readonly string[] Kept = ["search_path", "lock_timeout", "statement_timeout", "role"];

    private SessionState(IReadOnlyList<string> texts) => RestoreTexts = texts;

    /// <summary>The statements that bring it back; they may run in a transaction.</summary>
    public IReadOnlyList<string> RestoreTexts { get; }

    /// <summary>Notes how the session is set.</summary>
    public static async Task<SessionState> ReadAsync(Session session, CancellationToken cancel)
    {
        string[] names = [.. Kept, .. session.ServerVersion.Major >= 14 ? ["client_connection_check_interval"] : Array.Empty<string>()];
        var rows = await session.RowsAsync($"SELECT {string.Join(", ", names.Select(name => $"current_setting('{name}')"))}", reader => names.Select((_, column) => reader.GetString(column)).ToList(), cancel);
        var settings = names.Zip(rows[0], (name, value) => $"set_config('{name}', {Identifier.Literal(value)}, false)");
        return new SessionState(["RESET SESSION AUTHORIZATION", "RESET ALL", $"SELECT {string.Join(", ", settings)}"]);
    }
}
