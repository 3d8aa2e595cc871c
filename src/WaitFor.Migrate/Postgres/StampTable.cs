using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>The stamp: which release ran its migrations when, and how they ended.</summary>
internal sealed class StampTable(Session session, string schema)
{
    public const string Table = "schema_deployment_log";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Interrupted = "interrupted";
    private const string Started = "started";

    private readonly string _name = $"{Identifier.Quote(schema)}.{Table}";

    /// <summary>Stamps the start. The lock is held: whoever has only started before has ended without saying so.</summary>
    /// <returns>The row's number.</returns>
    public async Task<long> StartAsync(string release, string by, CancellationToken cancel)
    {
        // Migration versions of other tools are long names.
        if (!await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name))
        {
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
                cancel);
        }

        await session.ExecuteAsync($"UPDATE {_name} SET status = $1, finished_at = now() WHERE status = $2", [Interrupted, Started], cancel);
        return await session.ScalarAsync<long>($"INSERT INTO {_name} (app_version, deployed_by, status) VALUES ($1, $2, $3) RETURNING id", cancel, release, by, Started);
    }

    /// <summary>Stamps the end.</summary>
    public Task FinishAsync(long id, string status, string? version, string? checksum, CancellationToken cancel) => session.ExecuteAsync(
        $"UPDATE {_name} SET status = $1, migration_version = $2, checksum = $3, finished_at = now() WHERE id = $4", [status, version, checksum, id], cancel);

    /// <summary>True where a release has succeeded.</summary>
    public async Task<bool> HasAsync(string release, CancellationToken cancel) =>
        await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, _name)
        && await session.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {_name} WHERE app_version = $1 AND status = $2)", cancel, release, Succeeded);
}
