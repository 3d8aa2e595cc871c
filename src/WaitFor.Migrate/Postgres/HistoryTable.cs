using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Flyway's history table, as Flyway makes it.</summary>
/// <param name="session">The session.</param>
/// <param name="schema">The table's schema, unquoted.</param>
/// <param name="settings">Its name, its tablespace, and the other schemas.</param>
internal sealed class HistoryTable(Session session, string schema, FlywaySettings settings)
{
    /// <summary>The schemas that are made, the table's first where it is not among them.</summary>
    public IReadOnlyList<string> Schemas { get; } =
        settings.Schemas.Contains(schema, StringComparer.Ordinal) ? settings.Schemas : [schema, .. settings.Schemas];

    /// <summary>The table's name with its schema, quoted.</summary>
    public string Name { get; } = $"{Identifier.Quote(schema)}.{Identifier.Quote(settings.Table)}";

    /// <summary>The schema, unquoted.</summary>
    public string Schema => schema;

    /// <summary>The key that Flyway locks.</summary>
    public long LockKey => AdvisoryKey.OfFlyway(schema, settings.Table);

    /// <summary>True where the table exists.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancel) =>
        await session.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancel, Name);

    /// <summary>The schemas that are to be made: none where that is switched off.</summary>
    public async Task<IReadOnlyList<string>> MissingSchemasAsync(CancellationToken cancel)
    {
        if (!settings.CreateSchemas)
            return [];
        var names = string.Join(", ", Schemas.Select(Identifier.Literal));
        var there = await session.RowsAsync(
            $"SELECT nspname::text FROM pg_namespace WHERE nspname IN ({names})",
            reader => reader.GetString(0),
            cancel
        );
        return [.. Schemas.Except(there, StringComparer.Ordinal)];
    }

    /// <summary>The first schema that holds anything that Flyway counts, besides this program's own tables; null for none.</summary>
    public async Task<string?> SchemaInUseAsync(CancellationToken cancel)
    {
        foreach (var name in Schemas)
        {
            if (await IsInUseAsync(name, cancel))
                return name;
        }

        return null;
    }

    private async Task<bool> IsInUseAsync(string name, CancellationToken cancel) =>
        await session.ScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND c.relname NOT IN ($2, $3)
                             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a')))
                OR EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                           WHERE n.nspname = $1 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))
                OR EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                           WHERE n.nspname = $1 AND t.typcategory NOT IN ('A', 'C')
                             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i', 'a')))
            """,
            cancel,
            name,
            DeploymentLog.Table,
            Journal.Table
        );

    /// <summary>Makes the schemas, and the table where it does not exist, with its baseline: all or nothing.</summary>
    /// <param name="exists">True where the table exists.</param>
    /// <param name="schemas">The schemas to make.</param>
    /// <param name="baseline">The baseline; null for none.</param>
    /// <param name="baselineFirst">True: the baseline's row comes before that of the schemas, as <c>baseline</c> writes it.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task CreateAsync(
        bool exists,
        IReadOnlyList<string> schemas,
        (MigrationVersion Version, string Description)? baseline,
        bool baselineFirst,
        CancellationToken cancel
    )
    {
        await session.ExecuteAsync("BEGIN", cancel);
        foreach (var name in schemas)
            await session.ExecuteAsync($"CREATE SCHEMA {Identifier.Quote(name)}", cancel);
        if (!exists)
        {
            await session.ExecuteAsync(
                $"""
                CREATE TABLE {Name} (
                    "installed_rank" INT NOT NULL,
                    "version" VARCHAR(50),
                    "description" VARCHAR(200) NOT NULL,
                    "type" VARCHAR(20) NOT NULL,
                    "script" VARCHAR(1000) NOT NULL,
                    "checksum" INTEGER,
                    "installed_by" VARCHAR(100) NOT NULL,
                    "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
                    "execution_time" INTEGER NOT NULL,
                    "success" BOOLEAN NOT NULL,
                    CONSTRAINT {Identifier.Quote(settings.Table + "_pk")} PRIMARY KEY ("installed_rank"))
                    {(settings.Tablespace is { } space ? $"TABLESPACE {Identifier.Quote(space)}" : "")}
                """,
                cancel
            );
            await session.ExecuteAsync($"CREATE INDEX {Identifier.Quote(settings.Table + "_s_idx")} ON {Name} (\"success\")", cancel);
        }

        if (baselineFirst && baseline is var (first, text))
            await BaselineAsync(first, text, cancel);
        if (schemas.Count > 0)
            await session.ExecuteAsync(
                InsertText(
                    $"(SELECT coalesce(max(\"installed_rank\") + 1, 0) FROM {Name})",
                    version: null,
                    "<< Flyway Schema Creation >>",
                    AppliedType.Schema,
                    string.Join(',', schemas.Select(Identifier.Quote)),
                    checksum: null,
                    "0"
                ),
                cancel
            );
        if (!baselineFirst && baseline is var (version, description))
            await BaselineAsync(version, description, cancel);
        await session.ExecuteAsync("COMMIT", cancel);
    }

    /// <summary>All rows, in their order.</summary>
    public Task<List<Applied>> ReadAsync(CancellationToken cancel) =>
        session.RowsAsync(
            $"""
            SELECT "installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "installed_on",
                "execution_time", "success"
            FROM {Name} ORDER BY "installed_rank"
            """,
            reader => new Applied
            {
                Rank = reader.GetInt32(0),
                Version = reader.IsDBNull(1)
                    ? null
                    : MigrationVersion.Parse(reader.GetString(1))
                        ?? throw new MigrationException(
                            ExitCode.Validation,
                            $"{Name} has a row whose version is not valid: \"{reader.GetString(1)}\"; correct that row"
                        ),
                Description = reader.GetString(2),
                Type = reader.GetString(3),
                Script = reader.GetString(4),
                Checksum = reader.IsDBNull(5) ? null : reader.GetInt32(5),
                InstalledBy = reader.GetString(6),
                InstalledOn = reader.GetDateTime(7),
                ExecutionTime = reader.GetInt32(8),
                Success = reader.GetBoolean(9),
            },
            cancel
        );

    /// <summary>The statement that records a script; in the script's own transaction, its time is the transaction's.</summary>
    public string RecordText(Script script, string milliseconds = "(extract(epoch FROM clock_timestamp() - now()) * 1000)::int") =>
        InsertText(NextRank, script.Name.Version?.Text, script.Stored, script.Type, script.Path, script.Checksum, milliseconds);

    /// <summary>Marks a version as the one from which on scripts run.</summary>
    public Task BaselineAsync(MigrationVersion version, string description, CancellationToken cancel) =>
        session.ExecuteAsync(
            InsertText(NextRank, version.Text, description, AppliedType.Baseline, description, checksum: null, "0"),
            cancel
        );

    /// <summary>Marks an applied script that is gone as not applied.</summary>
    public Task DeleteMarkAsync(Applied row, CancellationToken cancel) =>
        session.ExecuteAsync(
            InsertText(NextRank, row.Version?.Text, row.Description, AppliedType.Delete, row.Script, row.Checksum, "0"),
            cancel
        );

    /// <summary>Takes failed rows out.</summary>
    public Task RemoveFailedAsync(CancellationToken cancel) => session.ExecuteAsync($"DELETE FROM {Name} WHERE NOT \"success\"", cancel);

    /// <summary>Takes over what a file says now.</summary>
    public Task UpdateAsync(Applied row, Script script, CancellationToken cancel) =>
        session.ExecuteAsync(
            $"UPDATE {Name} SET \"checksum\" = $1, \"description\" = $2, \"type\" = $3 WHERE \"installed_rank\" = $4",
            [script.Checksum, script.Stored, script.Type, row.Rank],
            cancel
        );

    private string InstalledBy => settings.InstalledBy is { } by ? Identifier.Literal(by) : "current_user";

    private string NextRank => $"(SELECT coalesce(max(\"installed_rank\"), 0) + 1 FROM {Name})";

    private string InsertText(
        string rank,
        string? version,
        string description,
        string type,
        string script,
        int? checksum,
        string milliseconds
    ) =>
        $"""
            INSERT INTO {Name} ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by",
                "execution_time", "success")
            VALUES ({rank}, {(version is null ? "NULL" : Identifier.Literal(version))}, {Identifier.Literal(
                description
            )}, {Identifier.Literal(type)}, {Identifier.Literal(script)},
                    {checksum?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL"}, {InstalledBy}, {milliseconds}, true)
            """;
}
