using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>Flyway's JSON documents: <c>outputType=json</c> on standard output, <c>reportEnabled=true</c> in a file; of several verbs one
/// document with all results. <see href="https://documentation.red-gate.com/fd/command-line-184127404.html"/></summary>
/// <param name="options">What was asked for.</param>
/// <param name="output">Standard output.</param>
internal sealed class Documents(MigrateOptions options, TextWriter output)
{
    private static readonly JsonWriterOptions Form =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<string> _results = [];

    /// <summary>How many results there are.</summary>
    public int Count => _results.Count;

    /// <summary>True where any is asked for.</summary>
    public bool Asked => options.Flyway is { OutputType: "json" } or { ReportEnabled: true };

    /// <summary>True where standard output is for the document alone.</summary>
    public bool OnOutput => options.Flyway.OutputType == "json";

    /// <summary>The result of migrate.</summary>
    /// <param name="schema">The schema of the history.</param>
    /// <param name="before">The rows before.</param>
    /// <param name="after">The rows now.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    public void AddMigrate(string schema, IReadOnlyList<Applied> before, IReadOnlyList<Applied> after, Exception? error) =>
        Add(
            "migrate",
            json =>
            {
                var rank = before.Count == 0 ? int.MinValue : before.Max(row => row.Rank);
                var applied = after.Where(row => row.Rank > rank && row.Type is AppliedType.Sql or AppliedType.SqlBaseline && row.Success)
                    .ToList();
                json.WriteString("initialSchemaVersion", Version(before)?.Text);
                json.WriteString("targetSchemaVersion", error is null && applied.Count > 0 ? Version(after)?.Text : null);
                json.WriteString("schemaName", schema);
                json.WriteStartArray("migrations");
                foreach (var row in applied)
                {
                    json.WriteStartObject();
                    Category(json, row.Version, row.Type);
                    json.WriteString("description", row.Description);
                    json.WriteString("type", row.Type);
                    json.WriteString("filepath", row.Script);
                    json.WriteNumber("executionTime", row.ExecutionTime);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNumber("migrationsExecuted", applied.Count);
                json.WriteBoolean("success", error is null);
            },
            error,
            "FAILED_VERSIONED_MIGRATION"
        );

    /// <summary>The result of info.</summary>
    public void AddInfo(string schema, IReadOnlyList<PlanLine> lines) =>
        Add(
            "info",
            json =>
            {
                json.WriteString("schemaVersion", Version([.. lines.Select(line => line.Row).OfType<Applied>()])?.Text);
                json.WriteString("schemaName", schema);
                json.WriteStartArray("migrations");
                foreach (var line in lines)
                {
                    json.WriteStartObject();
                    Category(json, line.Version, line.Row?.Type ?? line.Script!.Type);
                    json.WriteString("description", line.Description);
                    json.WriteString("type", line.Row?.Type ?? line.Script!.Type);
                    json.WriteString("installedOnUTC",
                        line.Row?.InstalledOn.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) ?? "");
                    json.WriteString("state", State(line));
                    json.WriteString("undoable", "No");
                    json.WriteString("filepath", line.Path);
                    json.WriteString("installedBy", line.Row?.InstalledBy ?? "");
                    json.WriteNumber("executionTime", line.Row?.ExecutionTime ?? 0);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteBoolean("allSchemasEmpty", lines.All(line => line.Row is null));
            }
        );

    /// <summary>The result of validate.</summary>
    /// <param name="count">How many scripts were looked at.</param>
    /// <param name="error">Why they are not valid; null where they are.</param>
    public void AddValidate(int count, Exception? error) =>
        Add(
            "validate",
            json =>
            {
                json.WriteBoolean("validationSuccessful", error is null);
                json.WriteNumber("validateCount", count);
                json.WriteString("errorDetails", error?.Message);
            },
            error,
            "VALIDATE_ERROR"
        );

    /// <summary>The end of another verb, or an error before a verb has its own result.</summary>
    public void Add(Verb verb, Exception? error = null) =>
        Add(verb == Verb.Up ? "migrate" : verb.ToString().ToLowerInvariant(), _ => { }, error, "FAULT");

    /// <summary>Writes them.</summary>
    /// <exception cref="MigrationException">The report cannot be written.</exception>
    public async Task WriteAsync()
    {
        if (!Asked || _results.Count == 0)
            return;
        var text = _results is [var only] ? only : $"{{\n\"individualResults\": [\n{string.Join(",\n", _results)}\n]\n}}";
        if (OnOutput)
            await output.WriteLineAsync(text);
        if (!options.Flyway.ReportEnabled)
            return;
        var file = Path.ChangeExtension(options.Flyway.ReportFilename, ".json");
        try
        {
            await File.WriteAllTextAsync(file, text + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ExitCode.Usage,
                $"reportFilename: {file} cannot be written: {exception.Message}; the commands themselves are done; mount a folder there, "
                    + "or remove reportEnabled",
                exception
            );
        }
    }

    private void Add(string operation, Action<Utf8JsonWriter> write, Exception? error = null, string code = "")
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Form))
        {
            json.WriteStartObject();
            if (error is not null)
            {
                json.WriteStartObject("error");
                json.WriteString("errorCode", (error as MigrationException)?.ExitCode == ExitCode.Validation ? "VALIDATE_ERROR" : code);
                json.WriteString("message", error.Message);
                json.WriteString("sqlState", (error.InnerException as Npgsql.PostgresException)?.SqlState);
                json.WriteEndObject();
            }

            write(json);
            json.WriteString("database", options.Connection.Database);
            json.WriteStartArray("warnings");
            json.WriteEndArray();
            json.WriteString("operation", operation);
            json.WriteEndObject();
        }

        _results.Add(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void Category(Utf8JsonWriter json, MigrationVersion? version, string type)
    {
        json.WriteString("category", type is AppliedType.SqlBaseline or AppliedType.Baseline ? "Baseline" : version is null
            ? type == AppliedType.Sql ? "Repeatable" : "" : "Versioned");
        json.WriteString("version", version?.Text ?? "");
    }

    private static string State(PlanLine line) =>
        line.Standing switch
        {
            Standing.Applied => "Success",
            Standing.Changed => line.Version is null ? "Outdated" : "Success",
            Standing.OutOfOrder => "Ignored",
            Standing.BelowBaseline => "Below Baseline",
            Standing.AboveTarget => "Above Target",
            Standing.Mark => line.Row!.Type == AppliedType.Baseline ? "Baseline" : "Success",
            _ => line.Standing.ToString(),
        };

    private static MigrationVersion? Version(IReadOnlyList<Applied> rows) =>
        Plan.Valid(rows).Where(row => row is { Success: true, Version: not null }).Select(row => row.Version).Max();
}
