using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What <c>CREATE INDEX CONCURRENTLY</c> and <c>DROP INDEX CONCURRENTLY</c> leave behind when they are cut: an invalid index,
/// which costs writes, serves no query, and is
/// skipped in silence by <c>IF NOT EXISTS</c>.
/// <see href="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"/></summary>
internal sealed class ConcurrentIndexes(Session session, ILogger log)
{
    /// <summary>True where a statement that was cut was finished by the server all the same.</summary>
    public async Task<bool> IsDoneAsync(Statement statement, CancellationToken cancel)
    {
        if (Traits.ConcurrentIndex(statement) is { } index)
            return await FindAsync(index, cancel) is { Valid: true };
        return Traits.ConcurrentlyDropped(statement) is var (schema, name)
            && !await session.ScalarAsync<bool>(
                "SELECT to_regclass($1) IS NOT NULL",
                cancel,
                schema is null ? Identifier.Quote(name) : $"{Identifier.Quote(schema)}.{Identifier.Quote(name)}"
            );
    }

    /// <summary>Drops the index that the statement is to make, if it exists and is invalid.</summary>
    public async Task RemoveInvalidAsync(Statement statement, CancellationToken cancel)
    {
        if (await InvalidAsync(statement, cancel) is { } name)
        {
            log.LogWarning("the index {Index} is invalid, left by an attempt that did not finish: it is dropped and built again", name);
            await DropAsync(name, cancel);
        }
    }

    /// <summary>Drops what the statement has left behind, which the server has refused.</summary>
    public async Task RemoveFailedAsync(Statement statement, CancellationToken cancel)
    {
        if (await InvalidAsync(statement, cancel) is { } name)
        {
            log.LogInformation("the index {Index}, which the failed statement left invalid, is dropped", name);
            await DropAsync(name, cancel);
        }
    }

    /// <summary>Refuses an index that exists and cannot be used.</summary>
    /// <exception cref="MigrationException">It is invalid.</exception>
    public async Task RequireValidAsync(Script script, Statement statement, CancellationToken cancel)
    {
        if (Traits.ConcurrentIndex(statement) is { } index && await FindAsync(index, cancel) is { Valid: false, Name: var name })
            throw new MigrationException(
                ExitCode.Failed,
                $"{script.Path}, line {statement.Line}: the index {name} exists, but is invalid; start again"
            );
    }

    private async Task<string?> InvalidAsync(Statement statement, CancellationToken cancel) =>
        Traits.ConcurrentIndex(statement) is { } index && await FindAsync(index, cancel) is { Valid: false, Name: var name } ? name : null;

    private Task DropAsync(string name, CancellationToken cancel) =>
        session.ExecuteAsync($"DROP INDEX CONCURRENTLY IF EXISTS {name}", cancel);

    private async Task<Found?> FindAsync(IndexName index, CancellationToken cancel)
    {
        var table = index.Schema is null
            ? Identifier.Quote(index.Table!)
            : $"{Identifier.Quote(index.Schema)}.{Identifier.Quote(index.Table!)}";
        var rows = await session.RowsAsync(
            """
            SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE i.indrelid = to_regclass($1) AND c.relname = $2
            """,
            reader => new Found(reader.GetString(0), reader.GetBoolean(1)),
            cancel,
            table,
            index.Name
        );
        return rows.Count > 0 ? rows[0] : null;
    }

    private sealed record Found(string Name, bool Valid);
}
