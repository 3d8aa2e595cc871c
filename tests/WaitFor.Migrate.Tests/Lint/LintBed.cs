using System.Text.Json;
using WaitFor.Findings;
using WaitFor.Migrate.CommandLine;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>A database that scripts are judged on, one set after the other: <c>lint</c> leaves it as it was.</summary>
internal sealed class LintBed : IDisposable
{
    private readonly Bed _bed;
    private int _runs;

    private LintBed(Bed bed) => _bed = bed;

    /// <summary>Makes the database.</summary>
    /// <param name="package">Whose server.</param>
    /// <param name="given">What exists before.</param>
    public static async Task<LintBed> CreateAsync(PostgresPackage package, string given)
    {
        var bed = await Bed.CreateAsync(package);
        await bed.ExecuteAsync(given);
        return new LintBed(bed);
    }

    /// <summary>The text of a file beside these tests.</summary>
    public static string Read(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "WaitFor.Migrate.Tests", "Lint", name));

    /// <summary>Judges scripts as V1, V2, and so on.</summary>
    /// <returns>The findings, as JSON has them.</returns>
    /// <exception cref="MigrationException">A script failed.</exception>
    public async Task<IReadOnlyList<Finding>> JudgeAsync(IReadOnlyList<string> scripts, string arguments = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_bed.Folder, $"{++_runs}")).FullName;
        for (var index = 0; index < scripts.Count; index++)
            await File.WriteAllTextAsync(Path.Combine(folder, $"V{index + 1}__s.sql"), scripts[index]);
        var (_, output) = await LintAsync(folder, $"--since 0 -o json --long 1h {arguments}");
        using var document = JsonDocument.Parse(output);
        return [.. document.RootElement.GetProperty("findings").EnumerateArray().Select(Read)];
    }

    /// <summary>Runs lint on a folder of scripts.</summary>
    /// <returns>The exit code, and standard output.</returns>
    /// <exception cref="MigrationException">A script failed.</exception>
    public async Task<(int ExitCode, string Output)> LintAsync(string folder, string arguments)
    {
        var environment = _bed.Environment();
        string[] words =
        [
            "lint", "--locations", folder, "--connect-retries", "0",
            .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        await using var output = new StringWriter();
        try
        {
            var options = new MigrateCommand(words, environment).Read();
            await new Commands(options, environment, TimeProvider.System, new LogLines().Logger, output).RunAsync(CancellationToken.None);
            return (0, output.ToString());
        }
        catch (MigrationException exception) when (exception.ExitCode == ExitCode.Lint)
        {
            return (exception.ExitCode, output.ToString());
        }
    }

    public void Dispose() => _bed.Dispose();

    private static Finding Read(JsonElement finding) =>
        new(
            finding.GetProperty("rule").GetString()!,
            Enum.Parse<Level>(finding.GetProperty("level").GetString()!, ignoreCase: true),
            finding.GetProperty("script").GetString()!,
            finding.GetProperty("line").GetInt32(),
            finding.GetProperty("column").GetInt32(),
            finding.GetProperty("object").GetString(),
            finding.GetProperty("message").GetString()!,
            finding.GetProperty("fix").GetString()
        );
}
