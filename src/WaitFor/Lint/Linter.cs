using WaitFor.CommandLine;
using WaitFor.Findings;
using WaitFor.Process;

namespace WaitFor.Lint;

/// <summary>What <c>wait-for lint</c> says.</summary>
/// <param name="ExitCode">0, or 1 where something will go wrong.</param>
/// <param name="Output">For the standard output: the findings and nothing else; in text a summary behind them.</param>
/// <param name="Report">For the file of <c>--report</c>; null where none is asked for.</param>
/// <param name="Notes">For the standard error stream: what was read, and what was left out.</param>
internal sealed record LintResult(int ExitCode, string Output, string? Report, IReadOnlyList<string> Notes);

/// <summary>Runs <c>wait-for lint</c>: reads, judges, writes. It contacts nothing.</summary>
/// <param name="rules">The rules.</param>
/// <param name="version">The program's version.</param>
/// <param name="standardInput">Opens the standard input.</param>
/// <param name="palette">Colours of the standard output; null for none.</param>
internal sealed class Linter(IReadOnlyList<IPatternRule> rules, string version, Func<Stream> standardInput, Palette? palette = null)
{
    /// <summary>Runs as the options say.</summary>
    /// <exception cref="UsageException">Something cannot be read, is no YAML, or has no object at all.</exception>
    public LintResult Run(LintOptions options)
    {
        if (options.Explain is { } asked)
            return new LintResult(ExitCode.Met, Explanations.Of(Known.First(rule => rule.Name == asked)), Report: null, []);
        var pattern = PatternReader.Read(options.Files, options.Recursive, standardInput);
        var all = rules.SelectMany(rule => rule.Judge(pattern)).ToList();
        var findings = FindingsWriter.Sort(all.Where(finding => !options.Allowed.Contains(finding.Rule, StringComparer.Ordinal)));
        var least = options.Strict ? Level.Warning : Level.Error;
        var summary = $"{FindingsWriter.Summary(findings)}; read {Read(pattern)}";
        var allowed = all.Count - findings.Count;
        if (allowed > 0)
            summary += $"; {Count(allowed, "finding")} allowed";
        List<string> notes = [.. pattern.LeftOut, .. Unneeded(options, all)];
        var isText = options.Format == FindingsFormat.Text;
        var people = FindingsWriter.Write(Tool, FindingsFormat.Text, findings, Paint) + summary + "\n";
        var written = FindingsWriter.Write(Tool, options.Format, findings) + (isText ? summary + "\n" : "");
        var standardOutput = isText || options.Report is not null ? people : written;
        if (standardOutput != people)
            notes.Add(summary);
        return new LintResult(
            findings.Any(finding => finding.Level >= least) ? ExitCode.Failed : ExitCode.Met,
            standardOutput,
            options.Report is null ? null : written,
            notes
        );
    }

    private string Paint(Level level, string word) =>
        palette is null ? word
        : level == Level.Error ? palette.Red(word)
        : level == Level.Warning ? palette.Yellow(word)
        : word;

    private IReadOnlyList<Rule> Known { get; } = [.. rules.SelectMany(rule => rule.Rules)];

    private FindingsTool Tool => new("wait-for lint", version, "file", Known);

    /// <summary>What was read, so that nobody takes an input without a gate for a good one.</summary>
    private static string Read(Pattern pattern) =>
        $"{Count(pattern.Gates.Count, "gate")}, {Count(pattern.Jobs.Count, "migration Job")}, {Count(pattern.Objects.Count, "object")}";

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static IEnumerable<string> Unneeded(LintOptions options, List<Finding> all) =>
        options
            .Allowed.Where(name => all.TrueForAll(finding => finding.Rule != name))
            .Select(name => $"--allow {name}: nothing of the kind was found; leave it out");
}
