using System.Globalization;
using WaitFor.Cluster.Tests.Examples;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>The example <c>expand-contract</c> with its v41 in production: a table with rows, and the service at work. The service's own
/// manifests are those of <c>plain</c>.</summary>
internal sealed class ColumnRename : IAsyncDisposable
{
    /// <summary>Three batches of the backfill, the last of which is no whole one.</summary>
    public const int Rows = 2500;

    private const string Example = "expand-contract";

    private ColumnRename(Flow flow, string service, Traffic old) => (Flow, Service, Old) = (flow, service, old);

    public Flow Flow { get; }

    /// <summary>The database for the service's user.</summary>
    public string Service { get; }

    /// <summary>v41 and v42 at work, which know the old column alone.</summary>
    public Traffic Old { get; }

    public static string OldQueries => ExampleFiles.In($"{Example}/queries/name.sql");

    public static string NewQueries => ExampleFiles.In($"{Example}/queries/full_name.sql");

    /// <summary>Sets the stage.</summary>
    /// <param name="settings">Settings of PostgreSQL.</param>
    public static async Task<ColumnRename> StartAsync(params string[] settings)
    {
        var flow = await Flow.StartAsync(Example, settings);
        await flow.ApplyAsync($"{Example}/config.yaml", $"{Example}/rbac.yaml");
        await PrepareAsync(flow, flow.Database);
        var service = await flow.UrlAsync("shop-db");
        return new ColumnRename(flow, service, await Traffic.StartAsync(service, OldQueries));
    }

    /// <summary>Applies a file of the example.</summary>
    public Task ApplyAsync(string file) => Flow.ApplyAsync($"{Example}/{file}");

    /// <summary>Applies the service of a release: "it is one number", as the README of plain says.</summary>
    public Task ApplyServiceAsync(string release) =>
        Flow.ApplyTextAsync(
            string.Join(
                    "\n---\n",
                    new[] { "plain/access.yaml", "plain/deployment.yaml" }.Select(file => ExampleFiles.Text(file, Form.File))
                )
                .Replace(ExampleFiles.Release, release, StringComparison.Ordinal)
        );

    /// <summary>The example's Jobs in their own database, one after the other, with nothing to disturb them.</summary>
    /// <returns>The superuser's URL.</returns>
    public async Task<string> UndisturbedAsync(params string[] files)
    {
        var url = await Flow.AnotherDatabaseAsync(Example);
        await PrepareAsync(Flow, url);
        foreach (var file in files)
        {
            var container = ExampleFiles
                .Objects($"{Example}/{file}", Form.File)
                .SelectMany(item => item.Containers)
                .Single(container => container.IsMigrate);
            // The record is of the cluster, which this database has nothing to do with.
            var record = Array.IndexOf(container.Arguments, "--record");
            await MigrateAsync(Flow, url, [.. container.Arguments[..record], .. container.Arguments[(record + 2)..]]);
        }

        return url;
    }

    /// <summary>What must be the same after an undisturbed run: schema, histories, and the rows that existed at the start.</summary>
    public static Task<IReadOnlyList<string>> StateAsync(string url) =>
        PostgresServer.QueryAsync(
            url,
            $"""
            SELECT format('column %s %s %s %s %s', attrelid::regclass, attnum, attname, atttypid::regtype, attnotnull) AS line
                FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
                WHERE relnamespace = 'shop'::regnamespace AND attnum > 0
            UNION ALL SELECT format('index %s %s %s', indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid))
                FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'shop'::regnamespace
            UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid))
                FROM pg_constraint WHERE connamespace = 'shop'::regnamespace
            UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT format('routine %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'shop'::regnamespace
            UNION ALL SELECT format('access %s %s', relname, relacl) FROM pg_class WHERE relnamespace = 'shop'::regnamespace
            UNION ALL SELECT format('history %s %s %s %s %s %s', installed_rank, version, type, script, checksum, success)
                FROM shop.flyway_schema_history
            UNION ALL SELECT format('backfill %s %s %s %s %s %s', installed_rank, version, type, script, checksum, success)
                FROM shop.backfill_history
            UNION ALL SELECT format('rows %s %s %s', count(*), min(full_name), bool_and(full_name = name))
                FROM shop.customers WHERE id <= {Rows.ToString(
                CultureInfo.InvariantCulture
            )}
            ORDER BY line
            """
        );

    public async ValueTask DisposeAsync()
    {
        await Old.DisposeAsync();
        await Flow.DisposeAsync();
    }

    private static async Task PrepareAsync(Flow flow, string database)
    {
        await MigrateAsync(flow, database, ["up", "--locations", "/sql/v41-before", "--release", "v41"]);
        await PostgresServer.ExecuteAsync(
            await flow.UrlAsync("shop-db", database),
            "INSERT INTO customers (name) SELECT 'customer ' || i FROM generate_series(1, "
                + $"{Rows.ToString(CultureInfo.InvariantCulture)}) AS i"
        );
    }

    private static async Task MigrateAsync(Flow flow, string database, string[] arguments)
    {
        var (exitCode, _, log) = await NativeGate.RunAsync(
            flow.Here(arguments),
            new Dictionary<string, string> { ["DATABASE_URL"] = await flow.UrlAsync("shop-db-migrator", database) },
            Repository.Migrate
        );
        Assert.True(exitCode == 0, log);
    }
}
