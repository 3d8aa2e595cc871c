using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>How far a script got that does not run in one transaction: one row per statement, with the checksum of its text. A row without
/// an end is a statement that was cut.</summary>
internal sealed class Journal(Session session, string schema)
{
    public const string Table = "migrate_journal";

    private readonly string _name = $"{Identifier.Quote(schema)}.{Table}";

    /// <summary>Makes the table where it is not there.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (!await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name))
        {
            await session.ExecuteAsync(
                $"CREATE TABLE {_name} (script TEXT NOT NULL, checksum INTEGER NOT NULL, statement INTEGER NOT NULL, started_at "
                    + "TIMESTAMPTZ NOT NULL DEFAULT now(), finished_at TIMESTAMPTZ, PRIMARY KEY (script, statement))",
                cancel
            );
        }
    }

    /// <summary>What is known of a script: for each statement that was begun, whether it was finished, and its checksum then.</summary>
    public async Task<Dictionary<int, (bool Finished, int Checksum)>> ReadAsync(Script script, CancellationToken cancel)
    {
        var rows = await session.RowsAsync(
            $"SELECT statement, finished_at IS NOT NULL, checksum FROM {_name} WHERE script = $1",
            reader => (reader.GetInt32(0), reader.GetBoolean(1), reader.GetInt32(2)),
            cancel,
            script.Path
        );
        return rows.ToDictionary(row => row.Item1, row => (row.Item2, row.Item3));
    }

    /// <summary>The statement that says: this one begins now.</summary>
    public string BeginText(Script script, int statement) =>
        $"INSERT INTO {_name} (script, checksum, statement) VALUES ({Identifier.Literal(script.Path)}, "
        + $"{Checksum.Of(script.Statements[statement].Text)}, {statement}) ON CONFLICT (script, statement) DO UPDATE SET checksum = "
        + "excluded.checksum, started_at = now(), finished_at = NULL";

    /// <summary>The statement that says: this one is finished. It also stands for one that was never begun apart.</summary>
    public string FinishText(Script script, int statement) =>
        $"INSERT INTO {_name} (script, checksum, statement, finished_at) VALUES ({Identifier.Literal(script.Path)}, "
        + $"{Checksum.Of(script.Statements[statement].Text)}, {statement}, now()) ON CONFLICT (script, statement) DO UPDATE SET "
        + "finished_at = now()";

    /// <summary>The statement that says: this one did not begin after all.</summary>
    public string RetractText(Script script, int statement) =>
        $"DELETE FROM {_name} WHERE script = {Identifier.Literal(script.Path)} AND statement = {statement} AND finished_at IS NULL";

    /// <summary>The statement that forgets the script: its history row says all from now on.</summary>
    public string ForgetText(Script script) => $"DELETE FROM {_name} WHERE script = {Identifier.Literal(script.Path)}";
}
