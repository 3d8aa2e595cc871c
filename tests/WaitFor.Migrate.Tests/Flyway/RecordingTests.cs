using System.Text.Json;
using Npgsql;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Flyway;

/// <summary>Plays what was recorded with Flyway 9.22.3, and compares exit code, history, schema and rows.</summary>
public abstract class RecordingTests
{
    /// <summary>Why a situation is not played as recorded; docs/from-flyway.md has what a user sees of it.</summary>
    internal static IReadOnlyDictionary<string, string> NotPlayed { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["043-output-file"] = "outputFile is refused: redirect the output",
            ["067-url-not-jdbc"] = "postgres:// is accepted as well",
            ["094-config-files-environment-and-option"] = "both are read, the option's last, as in Flyway 13",
            ["122-callbacks-on-failure"] = OwnTransaction,
            ["135-callback-locations-option"] = Newer,
            ["141-callback-after-each-fails"] = OwnTransaction,
            ["152-callback-shell-script"] = "a callback that is a program is refused by name",
            ["157-target-missing-question"] = Newer,
            ["158-target-question"] = Newer,
            ["172-skip-executing"] = Newer,
            ["173-skip-executing-false"] = Newer,
            ["176-undo-prefix"] = Newer,
            ["178-output-query-results"] = "the value asks for nothing, and is accepted",
            ["213-failed-row-blocks"] = NoFailedRow,
            ["214-failed-row-validate"] = NoFailedRow,
            ["215-failed-row-info"] = NoFailedRow,
            ["235-validate-missing-versioned-ignored"] = Newer,
            ["361-encoding-detect"] = Newer,
            ["365-fail-non-transactional"] = NoFailedRow,
            ["371-concurrently-fails"] = NoFailedRow,
            ["372-mixed-refused"] = "the script is refused before any other runs",
            ["383-reindex-concurrently"] = "the statement runs outside a transaction, where it works",
            ["384-create-database-statement"] = NoFailedRow,
            ["404-lock-timeout-of-scripts"] = "a script has a lock_timeout of 5s, with retries",
            ["414-psql-restrict"] = "these lines of newer versions of pg_dump are skipped",
            ["437-locations-bare"] = NoClasspath,
            ["438-locations-bare-absolute"] = NoClasspath,
            ["439-locations-classpath"] = NoClasspath,
            ["470-fail-then-resume-non-transactional"] = "a rerun goes on where the last run stopped",
        };

    private const string Newer = "honoured as in Flyway 10 and later; 9.22 refuses it";
    private const string NoFailedRow = "a script that stops half way leaves no row: the journal knows where the next run goes on";
    private const string OwnTransaction = "afterEachMigrateError runs in its own transaction, where Flyway's fails and hides the error";
    private const string NoClasspath = "there is no classpath: the folder is read, where Flyway finds nothing";

    private static readonly Lazy<Task> Role = new(async () =>
        await PostgresServer.ExecuteAsync((await Bed.ServerAsync()).Url("postgres"), "CREATE ROLE app LOGIN CREATEROLE PASSWORD 'app'")
    );

    public static TheoryData<string> Names(int part)
    {
        var names = new TheoryData<string>();
        foreach (var name in Recording.All.Keys.Where(name => !NotPlayed.ContainsKey(name)).Where((_, index) => index % 4 == part))
            names.Add(name);
        return names;
    }

    private protected static async Task PlayAsync(string name)
    {
        var recording = Recording.All[name];
        await Role.Value;
        var server = await Bed.ServerAsync();
        var database = $"s{name[..3]}";
        await PostgresServer.ExecuteAsync(server.Url("postgres"), $"CREATE DATABASE {database} OWNER app");
        var super = server.Url(database);
        var temporary = Directory.CreateTempSubdirectory("wait-for-flyway-").FullName;
        try
        {
            var (root, home, closed) = (Path.Combine(temporary, "flyway"), Path.Combine(temporary, "home"), Ports.Free(1)[0]);
            string Fill(string text) =>
                text.Replace("{url}", $"jdbc:postgresql://127.0.0.1:{server.Port}/{database}", StringComparison.Ordinal)
                    .Replace("{user}", "app", StringComparison.Ordinal)
                    .Replace("{password}", "app", StringComparison.Ordinal)
                    .Replace("{host}", "127.0.0.1", StringComparison.Ordinal)
                    .Replace("{port}", $"{server.Port}", StringComparison.Ordinal)
                    .Replace("{db}", database, StringComparison.Ordinal)
                    .Replace("{closed}", $"{closed}", StringComparison.Ordinal)
                    .Replace("{missing}", "no-such-host.invalid", StringComparison.Ordinal)
                    .Replace("/flyway/", root + "/", StringComparison.Ordinal);

            recording.Write("home", home, Fill);
            foreach (var step in recording.Before)
            {
                if (step.Sql is { } sql)
                {
                    await using var connection = await PostgresServer.ConnectAsync(super);
                    foreach (var statement in Splitter.Split("before", sql))
                    {
                        await using var command = new NpgsqlCommand(statement.Text, connection);
                        await command.ExecuteNonQueryAsync();
                    }
                }
                else
                {
                    recording.Write(step.Files, root, Fill);
                    await RunAsync(step.Arguments, step.Environment);
                }
            }

            recording.Write("files", root, Fill);
            var (exit, message) = await RunAsync(recording.Arguments, recording.Environment);

            Assert.True((exit == 0) == (recording.Exit == 0), $"{exit} in place of {recording.Exit}: {message}");
            Assert.Equal(History(recording), await HistoryAsync(super, recording), StringComparer.Ordinal);
            Assert.Equal(recording.Catalog.Where(IsCompared), await CatalogAsync(super));
            Assert.Equal(recording.Rows, (await RowsAsync(super)).Select(row => row.Replace(root, "/flyway", StringComparison.Ordinal)));

            async Task<(int Exit, string Message)> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
            {
                var environment = variables.ToDictionary(pair => pair.Key, pair => Fill(pair.Value), StringComparer.Ordinal);
                environment["HOME"] = home;
                if (recording.Arguments.Contains("clean"))
                    environment["MIGRATE_ALLOW_CLEAN"] = "true";
                var places = new FlywayPlaces(root, root);
                return await EndAsync([.. arguments.Select(Fill)], environment, places);
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Runs a call within this process, as the program does.</summary>
    internal static async Task<(int Exit, string Message)> EndAsync(
        IReadOnlyList<string> arguments,
        Dictionary<string, string> environment,
        FlywayPlaces places
    )
    {
        var log = new LogLines();
        string Message(Exception exception) => $"{exception.Message}\n{string.Join('\n', log.All)}";
        try
        {
            var command = new MigrateCommand(arguments, environment, "flyway", places);
            if (!command.Help && !command.AskedVersion)
                await new Commands(command.Read(), environment, TimeProvider.System, log.Logger, TextWriter.Null)
                    .RunAsync(CancellationToken.None);
            return (0, string.Join('\n', log.All));
        }
        catch (MigrationException exception)
        {
            return (exception.ExitCode, Message(exception));
        }
        catch (ScriptException exception)
        {
            return (ExitCode.Usage, Message(exception));
        }
        catch (ConnectionException exception)
        {
            return (ExitCode.Connection, Message(exception));
        }
        catch (PostgresException exception)
        {
            return (ExitCode.Failed, Message(exception));
        }
    }

    private static List<string> History(Recording recording) =>
        [
            .. recording
                .History.OrderBy(table => table.Key, StringComparer.Ordinal)
                .SelectMany(table =>
                    table.Value.Select(row =>
                    $"{table.Key} " + string.Join(' ', row.Select(cell => $"{cell.Key}={cell.Value.GetRawText()}")))),
        ];

    /// <summary>The rows of all tables with a column installed_rank; what depends on the time is "any", as in the recording.</summary>
    private static async Task<List<string>> HistoryAsync(string url, Recording recording)
    {
        var lines = new List<string>();
        const string tables =
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns "
            + $"WHERE column_name = 'installed_rank'{Others} ORDER BY 1";
        foreach (var table in await PostgresServer.QueryAsync(url, tables))
        {
            var name = table.Replace("\"", "", StringComparison.Ordinal);
            var expected = recording.History.GetValueOrDefault(name) ?? [];
            var query = $"SELECT to_jsonb(this_row) - 'installed_on' - 'execution_time' FROM {table} this_row ORDER BY installed_rank";
            var rows = await PostgresServer.QueryAsync(url, query);
            for (var index = 0; index < rows.Count; index++)
            {
                using var row = JsonDocument.Parse(rows[index]);
                IEnumerable<string> names = expected.ElementAtOrDefault(index)?.Keys
                    ?? row.RootElement.EnumerateObject().Select(cell => cell.Name);
                lines.Add($"{name} "
                    + string.Join(' ', names.Select(cell => $"{cell}={Cell(row.RootElement, expected.ElementAtOrDefault(index), cell)}")));
            }
        }

        return lines;

        static string Cell(JsonElement row, IReadOnlyDictionary<string, JsonElement>? expected, string name) =>
            expected?.GetValueOrDefault(name) is { ValueKind: JsonValueKind.String } any && any.GetString() == "any" ? "\"any\""
            : row.TryGetProperty(name, out var value) ? value.GetRawText()
            : "-";
    }

    /// <summary>Our own tables are no part of what is compared.</summary>
    private const string Others = " AND table_schema NOT IN ('pg_catalog', 'information_schema')";

    private static bool IsCompared(string line) =>
        line.Split(' ')[0] is "schema" or "extension" or "table" or "column" or "type" or "sequence"
            || line.Contains(" INDEX ", StringComparison.Ordinal);

    private static async Task<List<string>> CatalogAsync(string url) =>
        [
            .. (
                await PostgresServer.QueryAsync(
                    url,
                    """
                    WITH own AS (
                        SELECT c.oid, c.relkind, c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'S')
                            AND c.relname NOT IN ('migrate_journal', 'schema_deployment_log')
                            AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'installed_rank')
                            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
                    SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
                    UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
                    UNION ALL SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' ELSE 'view' END
                            || format(' %s.%s', nspname, relname)
                        FROM own WHERE relkind IN ('r', 'S')
                    UNION ALL SELECT format('column %s.%s.%s %s %s', nspname, relname, lpad(attnum::text, 3, '0'), attname,
                            format_type(atttypid, atttypmod)) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
                            || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
                        FROM own JOIN pg_attribute a ON attrelid = own.oid LEFT JOIN pg_attrdef f ON adrelid = attrelid AND adnum = attnum
                        WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v')
                    UNION ALL SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
                        FROM own JOIN pg_index ON indrelid = own.oid
                    UNION ALL SELECT format('type %s.%s e %s', n.nspname, typname,
                            (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
                        FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e'
                    """
                )
            ).Order(StringComparer.Ordinal),
        ];

    private static async Task<List<string>> RowsAsync(string url)
    {
        var lines = new List<string>();
        const string tables = $"""
                SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables t
                WHERE table_type = 'BASE TABLE'{Others} AND table_name NOT IN ('migrate_journal', 'schema_deployment_log')
                    AND NOT EXISTS (SELECT FROM information_schema.columns c WHERE c.table_name = t.table_name
                        AND c.table_schema = t.table_schema AND column_name = 'installed_rank')
                ORDER BY table_schema COLLATE "C", table_name COLLATE "C"
                """;
        foreach (var table in await PostgresServer.QueryAsync(url, tables))
        {
            lines.Add("-- " + table.Replace("\"", "", StringComparison.Ordinal));
            lines.AddRange(await PostgresServer.QueryAsync(url, $"SELECT row_to_json(this_row) FROM {table} this_row"));
        }

        return lines;
    }
}

public sealed class RecordingTestsA : RecordingTests
{
    [PostgresTheory]
    [MemberData(nameof(Names), 0)]
    public Task Ends_as_Flyway_does(string name) => PlayAsync(name);
}

public sealed class RecordingTestsB : RecordingTests
{
    [PostgresTheory]
    [MemberData(nameof(Names), 1)]
    public Task Ends_as_Flyway_does(string name) => PlayAsync(name);
}

public sealed class RecordingTestsC : RecordingTests
{
    [PostgresTheory]
    [MemberData(nameof(Names), 2)]
    public Task Ends_as_Flyway_does(string name) => PlayAsync(name);
}

public sealed class RecordingTestsD : RecordingTests
{
    [PostgresTheory]
    [MemberData(nameof(Names), 3)]
    public Task Ends_as_Flyway_does(string name) => PlayAsync(name);

    [Fact]
    public void Few_are_not_played_and_these_were_recorded()
    {
        Assert.Empty(NotPlayed.Keys.Except(Recording.All.Keys));
        Assert.InRange(NotPlayed.Count, 0, 29);
    }
}
