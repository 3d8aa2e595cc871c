using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What the journal knows of a statement.</summary>
/// <param name="Finished">False: it was begun, and cut.</param>
/// <param name="Checksum">Of its text then.</param>
/// <param name="Settings">How the script had set the session after it, as a JSON object; null where nothing was set.</param>
internal sealed record JournalEntry(bool Finished, int Checksum, string? Settings);

/// <summary>How far a script got that does not run in one transaction: one row per statement, with the checksum of its text, and the
/// settings that a later session needs to go on. A row without an end is a statement that was cut.</summary>
internal sealed class Journal(Session session, string schema)
{
    public const string Table = "migrate_journal";

    /// <summary>The number of what runs before the first statement.</summary>
    public const int Before = -1;

    /// <summary>The number of how far the batches of a batched script are: the settings of that row are a <see cref="BatchState"/>, and
    /// its checksum is the script's.</summary>
    public const int Batch = -2;

    private readonly string _name = $"{Identifier.Quote(schema)}.{Table}";

    /// <summary>Creates the table if it does not exist.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        var columns = await session.ScalarAsync<int>(
            "SELECT count(*)::int FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname IN ('script', 'settings') AND NOT "
                + "attisdropped",
            cancel,
            _name
        );
        if (columns == 0)
        {
            await session.WriteAsync(
                $"CREATE TABLE {_name} (script TEXT NOT NULL, checksum INTEGER NOT NULL, statement INTEGER NOT NULL, started_at "
                    + "TIMESTAMPTZ NOT NULL DEFAULT now(), finished_at TIMESTAMPTZ, settings TEXT, PRIMARY KEY (script, statement))",
                cancel
            );
        }
        else if (columns == 1)
        {
            // Made by an earlier version.
            await session.WriteAsync($"ALTER TABLE {_name} ADD COLUMN settings TEXT", cancel);
        }
    }

    /// <summary>The scripts of which an earlier try has finished something.</summary>
    public async Task<IReadOnlyList<string>> StartedAsync(CancellationToken cancel) =>
        await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name)
            ? await session.RowsAsync(
                $"SELECT DISTINCT script FROM {_name} WHERE finished_at IS NOT NULL AND statement > {Before}",
                reader => reader.GetString(0),
                cancel
            )
            : [];

    /// <summary>How many statements are finished of each script that is half done; nothing where the journal cannot be read.</summary>
    public async Task<Dictionary<string, int>> FinishedAsync(CancellationToken cancel)
    {
        const string readable = "SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false)";
        var rows = await session.ScalarAsync<bool>(readable, cancel, _name)
            ? await session.RowsAsync(
                $"SELECT script, max(statement) + 1 FROM {_name} WHERE finished_at IS NOT NULL AND statement > {Before} GROUP BY script",
                reader => (reader.GetString(0), reader.GetInt32(1)),
                cancel
            )
            : [];
        return rows.ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
    }

    /// <summary>The batched scripts that are half done, with their checksums then, and how far they are.</summary>
    public async Task<Dictionary<string, (int Checksum, BatchState State)>> BatchesAsync(CancellationToken cancel)
    {
        // The column of the settings may be missing in a table of an earlier version, which knew no batches; and who runs info may not be
        // allowed to read it.
        var exists = await session.ScalarAsync<bool>(
            "SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false) AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = "
                + "to_regclass($1) AND attname = 'settings' AND NOT attisdropped)",
            cancel,
            _name
        );
        var rows = exists
            ? await session.RowsAsync(
                $"SELECT script, checksum, settings FROM {_name} WHERE statement = {Batch}",
                reader => (reader.GetString(0), reader.GetInt32(1), BatchState.Parse(reader.GetString(2))),
                cancel
            )
            : [];
        return rows.ToDictionary(row => row.Item1, row => (row.Item2, row.Item3), StringComparer.Ordinal);
    }

    /// <summary>The statement that says how far a batched script is.</summary>
    public string BatchText(Script script, BatchState batch) =>
        $"INSERT INTO {_name} (script, checksum, statement, settings) VALUES ({Identifier.Literal(script.Path)}, {script.Checksum}, "
            + $"{Batch}, "
        + $"{Identifier.Literal(batch.ToString())}) ON CONFLICT (script, statement) DO UPDATE SET settings = excluded.settings";

    /// <summary>Forgets how far a batched script is, and that callbacks have run before it.</summary>
    public Task RestartAsync(string path, CancellationToken cancel) =>
        session.ExecuteAsync($"DELETE FROM {_name} WHERE script = $1", [path], cancel);

    /// <summary>What is known of a script, for each statement that was begun.</summary>
    public async Task<Dictionary<int, JournalEntry>> ReadAsync(Script script, CancellationToken cancel)
    {
        var rows = await session.RowsAsync(
            $"SELECT statement, finished_at IS NOT NULL, checksum, settings FROM {_name} WHERE script = $1",
            reader =>
                (
                    reader.GetInt32(0),
                    new JournalEntry(reader.GetBoolean(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3))
                ),
            cancel,
            script.Path
        );
        return rows.ToDictionary(row => row.Item1, row => row.Item2);
    }

    /// <summary>The statement that says: this block begins now. A block is known by the index of its last statement.</summary>
    public string BeginText(Script script, Block block) =>
        $"INSERT INTO {_name} (script, checksum, statement) VALUES ({Identifier.Literal(script.Path)}, "
        + $"{block.Checksum(script.Statements)}, {block.Last}) ON CONFLICT (script, statement) DO UPDATE SET checksum = "
        + "excluded.checksum, started_at = now(), finished_at = NULL, settings = NULL";

    /// <summary>The statement that says: this block is finished, and the session is set so. It also stands for one that was never begun
    /// apart.</summary>
    public string FinishText(Script script, Block block, string? settings) =>
        FinishText(script, block.Last, block.Checksum(script.Statements), settings);

    /// <summary>The statement that says: the callbacks before the script have run, and the session is set so.</summary>
    public string FinishBeforeText(Script script, string? settings) => FinishText(script, Before, 0, settings);

    /// <summary>The statement that says: this block did not begin after all.</summary>
    public string RetractText(Script script, Block block) =>
        $"DELETE FROM {_name} WHERE script = {Identifier.Literal(script.Path)} AND statement = {block.Last} AND finished_at IS NULL";

    /// <summary>A failure with what may help, where a resumed script misses something that an earlier session may have had; null for any
    /// other.</summary>
    public string? AfterResuming(Script script, Exception failure) =>
        failure is MigrationException { InnerException: Npgsql.PostgresException missing } && SqlStates.IsMissing(missing.SqlState)
            ? $"{failure.Message}\n  This run resumed the script: what an earlier statement made for its session only (a temporary table, "
                + $"currval) is gone.\n  next step: if all of the script can run again, run {ForgetText(script)}; else run the rest of "
                + "it by hand, and insert its row into the history"
            : null;

    /// <summary>The statement that forgets the script: its history row says all from now on.</summary>
    public string ForgetText(Script script) => $"DELETE FROM {_name} WHERE script = {Identifier.Literal(script.Path)}";

    private string FinishText(Script script, int number, int checksum, string? settings) =>
        $"INSERT INTO {_name} (script, checksum, statement, finished_at, settings) VALUES ({Identifier.Literal(script.Path)}, "
        + $"{checksum}, {number}, now(), {(settings is null ? "NULL" : Identifier.Literal(settings))}) ON CONFLICT (script, statement) DO "
        + "UPDATE SET finished_at = now(), settings = excluded.settings";
}
