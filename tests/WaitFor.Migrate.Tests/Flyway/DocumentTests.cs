using System.Text.Json;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Tests.Flyway;

/// <summary>Flyway's JSON documents.</summary>
public sealed class DocumentTests
{
    [PostgresFact]
    public async Task Each_verb_has_its_document()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__one.sql", "CREATE TABLE one (id int);");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS x;");

        using var pending = await RunAsync(bed, "info");
        using var invalid = await RunAsync(bed, "validate");
        using var migrated = await RunAsync(bed, "migrate");
        using var again = await RunAsync(bed, "migrate");
        using var info = await RunAsync(bed, "info");
        using var valid = await RunAsync(bed, "validate");

        Assert.Equal("info null Versioned 1 one SQL V1__one.sql Pending, Repeatable  view SQL R__view.sql Pending", Info(pending));
        Assert.Equal("info \"1\" Versioned 1 one SQL V1__one.sql Success, Repeatable  view SQL R__view.sql Success", Info(info));
        Assert.Equal("validate false VALIDATE_ERROR",
            $"{Text(invalid, "operation")} {Text(invalid, "validationSuccessful")} {Code(invalid)}");
        Assert.Equal("validate true ", $"{Text(valid, "operation")} {Text(valid, "validationSuccessful")} {Code(valid)}");
        Assert.Equal("migrate null \"1\" 2 true", Migrated(migrated));
        Assert.Equal("migrate \"1\" null 0 true", Migrated(again));
    }

    [PostgresFact]
    public async Task A_failure_is_in_the_document_with_what_was_applied_before()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__one.sql", "CREATE TABLE one (id int);");
        bed.Write("V2__two.sql", "SELEC 1;");

        using var failed = await RunAsync(bed, "migrate");

        Assert.Equal("migrate null null 1 false FAILED_VERSIONED_MIGRATION", $"{Migrated(failed)} {Code(failed)}");
        Assert.Equal("42601", failed.RootElement.GetProperty("error").GetProperty("sqlState").GetString());
    }

    [PostgresFact]
    public async Task Several_verbs_have_one_document_which_a_report_keeps()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__one.sql", "CREATE TABLE one (id int);");

        using var document = await RunAsync(bed, "info migrate repair -reportEnabled=true -reportFilename=all.html");

        Assert.Equal(
            ["info", "migrate", "repair"],
            document.RootElement.GetProperty("individualResults").EnumerateArray()
                .Select(result => result.GetProperty("operation").GetString())
        );
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(bed.Folder, "all.json")));
        Assert.Equal(document.RootElement.GetRawText(), report.RootElement.GetRawText());
    }

    [PostgresTheory]
    [InlineData("-infoSinceVersion=2", "2,3")]
    [InlineData("-infoUntilVersion=2", "1,2")]
    [InlineData("-infoSinceVersion=2 -infoUntilVersion=2.0", "2")]
    [InlineData("", "1,2,3")]
    public async Task Versions_are_printed_alone(string options, string versions)
    {
        using var bed = await Bed.CreateAsync();
        foreach (var version in (string[])["1", "2", "3"])
            bed.Write($"V{version}__x.sql", "SELECT 1;");

        Assert.Equal(versions + "\n", await PrintAsync(bed, $"info -migrationIds {options}".TrimEnd()));
    }

    private static async Task<JsonDocument> RunAsync(Bed bed, string line) =>
        JsonDocument.Parse(await PrintAsync(bed, $"{line} -outputType=json"));

    private static async Task<string> PrintAsync(Bed bed, string line)
    {
        var output = new StringWriter();
        try
        {
            await new Commands(
                new MigrateCommand(line.Split(' '), bed.Environment(), "flyway", new FlywayPlaces(bed.Folder, bed.Folder)).Read(),
                bed.Environment(),
                TimeProvider.System,
                new LogLines().Logger,
                output
            ).RunAsync(CancellationToken.None);
        }
        catch (MigrationException)
        {
            // The document says it.
        }

        return output.ToString();
    }

    private static string Text(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetRawText().Trim('"');

    private static string Code(JsonDocument document) =>
        document.RootElement.TryGetProperty("error", out var error) ? error.GetProperty("errorCode").GetString()! : "";

    private static string Migrated(JsonDocument document) =>
        string.Join(
            ' ',
            new[] { "initialSchemaVersion", "targetSchemaVersion", "migrationsExecuted", "success" }
                .Select(name => document.RootElement.GetProperty(name).GetRawText())
                .Prepend(Text(document, "operation"))
        );

    private static string Info(JsonDocument document) =>
        $"{Text(document, "operation")} {document.RootElement.GetProperty("schemaVersion").GetRawText()} "
        + string.Join(
            ", ",
            document
                .RootElement.GetProperty("migrations")
                .EnumerateArray()
                .Select(line =>
                    string.Join(
                        ' ',
                        new[] { "category", "version", "description", "type", "filepath", "state" }
                            .Select(name => line.GetProperty(name).GetString())
                    )
                )
        );
}
