using WaitFor.Findings;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Lint;

/// <summary>Judges what was observed, and writes what was found.</summary>
/// <param name="settings">The forms, and the options of the rules.</param>
/// <param name="rules">The rules.</param>
/// <param name="version">The program's version, for SARIF.</param>
/// <param name="palette">Colours of the standard output; null for none.</param>
internal sealed class LintReport(LintSettings settings, IReadOnlyList<ILintRule> rules, string version, Palette? palette = null)
{
    /// <summary>The rules of the design's first rows: what they find takes something away from the running release.</summary>
    private static readonly string[] Taking =
    [
        "drop-column", "drop-table", "drop-view", "drop-function", "drop-type", "drop-sequence", "rename-column", "rename-table",
        "rename-view", "rename-sequence", "rename-function", "rename-type", "rename-enum-value", "move-schema", "change-type",
        "not-null-without-default", "set-not-null", "truncate",
    ];

    private readonly IReadOnlyList<Rule> _known = [.. rules.SelectMany(rule => rule.Rules), .. Allowances.Rules];

    /// <summary>Judges.</summary>
    /// <returns>What was found and is not allowed, in order.</returns>
    public IReadOnlyList<Finding> Judge(Rehearsal rehearsal, IEnumerable<Script> judged)
    {
        var scripts = judged.ToList();
        var order = scripts.ConvertAll(script => script.Path);
        var findings = Allowances.Apply(
            rules.SelectMany(rule => rule.Judge(rehearsal)),
            [.. scripts.SelectMany(AllowanceComments.Of)],
            _known,
            finding => !settings.Options.AdditiveOnly || finding.Level != Level.Error || !Taking.Contains(finding.Rule)
        );
        return FindingsWriter.Sort(findings.OrderBy(finding => order.IndexOf(finding.File)));
    }

    /// <summary>Writes to standard output, and into the file where one is asked for.</summary>
    /// <exception cref="MigrationException">The file cannot be written.</exception>
    public async Task WriteAsync(IReadOnlyList<Finding> findings, IReadOnlyList<Script> scripts, TextWriter output)
    {
        await output.WriteAsync(Text(findings, scripts, settings.Format, palette ?? Palette.None));
        await output.FlushAsync();
        if (settings.Report is not { } file)
            return;
        try
        {
            await File.WriteAllTextAsync(file, Text(findings, scripts, settings.ReportFormat, Palette.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ExitCode.Usage,
                $"--report {file}: it cannot be written: {exception.Message}; name a file in a folder that exists and can be written",
                exception
            );
        }
    }

    /// <summary>A finding in one line, for the log.</summary>
    public static string Line(Finding finding) =>
        $"{finding.File}, line {finding.Line}: {finding.Rule}: {(finding.Subject is null ? "" : finding.Subject + ": ")}{finding.Message}";

    private string Text(IReadOnlyList<Finding> findings, IReadOnlyList<Script> scripts, FindingsFormat format, Palette colours)
    {
        // A line of a pull request is found by the file's path in the repository.
        if (format is FindingsFormat.Github or FindingsFormat.Sarif)
            findings = [.. findings.Select(finding => finding with { File = FileOf(finding.File) })];
        var text = FindingsWriter.Write(new FindingsTool("migrate lint", version, "script", _known), format, findings, (level, word) =>
            level == Level.Error ? colours.Red(word) : level == Level.Warning ? colours.Yellow(word) : word
        );
        return format == FindingsFormat.Text ? $"{text}{FindingsWriter.Summary(findings)}\n" : text;

        string FileOf(string path) =>
            scripts.FirstOrDefault(script => script.Path == path)?.File is { Length: > 0 } file
                ? Path.GetRelativePath(Directory.GetCurrentDirectory(), file) is var relative
                    && relative.StartsWith("..", StringComparison.Ordinal)
                    ? file
                    : relative
                : path;
    }
}
