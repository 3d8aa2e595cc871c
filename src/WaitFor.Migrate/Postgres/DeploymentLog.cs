using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>The deployment log: which release ran its migrations when, and how they ended.</summary>
internal sealed class DeploymentLog(Session session, string schema)
{
    public const string Table = "schema_deployment_log";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Interrupted = "interrupted";
    private const string Started = "started";

    /// <summary>True where <see cref="StartAsync"/> had to make the table.</summary>
    public bool Made { get; private set; }

    private readonly string _name = $"{Identifier.Quote(schema)}.{Table}";

    /// <summary>Writes "started", and corrects the rows of runs that ended without a word. A run holds an advisory lock on its row, because
    /// with another history table, or another engine, it may still be at work.</summary>
    /// <returns>The row's number.</returns>
    public async Task<long> StartAsync(string release, string by, CancellationToken cancel)
    {
        // Migration versions of other tools are long names.
        if (!await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name))
        {
            // Not at once: it takes a right on the database that is not needed where the schema exists.
            if (!await session.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", cancel, schema))
                await session.ExecuteAsync($"CREATE SCHEMA {Identifier.Quote(schema)}", cancel);
            await session.ExecuteAsync(
                $"""
                CREATE TABLE {_name} (
                    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    app_version TEXT NOT NULL,
                    migration_version TEXT,
                    deployed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
                    deployed_by TEXT NOT NULL,
                    status TEXT NOT NULL,
                    finished_at TIMESTAMPTZ,
                    checksum TEXT)
                """,
                cancel
            );
            Made = true;
        }

        await session.ExecuteAsync(
            $"""
            UPDATE {_name} SET status = $1, finished_at = now() WHERE status = $2 AND NOT EXISTS (
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $3::regclass AND objid::bigint = id
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            """,
            [Interrupted, Started, _name],
            cancel
        );
        // The lock exists before the row can be seen.
        return await session.ScalarAsync<long>(
            $"INSERT INTO {_name} (app_version, deployed_by, status) VALUES ($1, $2, $3) RETURNING id, "
                + "pg_try_advisory_lock($4::regclass::oid::int, id::int)",
            cancel,
            release,
            by,
            Started,
            _name
        );
    }

    /// <summary>Writes how the run ended.</summary>
    public Task FinishAsync(long id, string status, string? version, string? checksum, CancellationToken cancel) =>
        session.ExecuteAsync(
            $"UPDATE {_name} SET status = $1, migration_version = $2, checksum = $3, finished_at = now() WHERE id = $4",
            [status, version, checksum, id],
            cancel
        );

    /// <summary>What keeps a release from counting as deployed: its newest run decides, whatever an earlier one did.</summary>
    /// <returns>Null where its newest run succeeded; else what is known of it.</returns>
    public async Task<string?> ProblemAsync(string release, CancellationToken cancel)
    {
        var problem = $"release {release} is not recorded as succeeded in {schema}.{Table}";
        if (!await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name))
            return problem;
        var rows = await session.RowsAsync(
            $"""
            SELECT status, to_char(coalesce(finished_at, deployed_at), 'YYYY-MM-DD HH24:MI:SS TZ'), deployed_by,
                EXISTS (SELECT FROM {_name} WHERE app_version = $1 AND status = $2)
            FROM {_name} WHERE app_version = $1 ORDER BY id DESC LIMIT 1
            """,
            reader => (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)),
            cancel,
            release,
            Succeeded
        );
        if (rows is not [var (status, at, by, before)])
            return problem;
        return status == Succeeded
            ? null
            : $"{problem}: its newest run, by {by}, {(status == Started ? "has not ended, started" : status)} at {at}"
                + (before ? "; an earlier run succeeded, but the newest one decides" : "");
    }
}
