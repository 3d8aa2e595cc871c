using System.Text.RegularExpressions;
using WaitFor.Cluster.Tests;
using WaitFor.Report.Hints;
using WaitFor.Testing;

namespace WaitFor.Tests;

/// <summary>README.md and the pages in docs/ say what is.</summary>
public sealed partial class ReadmeTests
{
    private const int MostLines = 200;
    private const int MostColumns = 120;
    private const string Page = "docs/report.md";

    /// <summary>The version of Kubernetes whose reports are shown.</summary>
    private static readonly Version Kubernetes = new(1, 20);

    /// <summary>The reports that are shown, in their order.</summary>
    public static TheoryData<int, string> Shown =>
        new()
        {
            { 0, "failed-job-full" },
            { 1, "missing-similar-name-full" },
            { 2, "failed-job-least" },
            { 3, "missing-own-namespace-full" },
            { 4, "image-full" },
            { 5, "unschedulable-full" },
            { 6, "quota-full" },
            { 7, "service-not-ready-full" },
        };

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_report_is_shown_as_the_gate_writes_it(int index, string golden)
    {
        var written = VersionedText.For(Kubernetes, Read($"tests/WaitFor.Cluster.Tests/Golden/{golden}.txt")).TrimEnd('\n').Split('\n');
        var lines = Read(Page).Split('\n');
        var shown = Reports(lines)[index];
        if (Renewal.IsOn)
        {
            var indented = written.Select(line => line.Length == 0 ? "" : "    " + line);
            lines = [.. lines[..shown.Start.Value], .. indented, .. lines[shown.End.Value..]];
            File.WriteAllText(Path.Combine(Repository.Root, Page), string.Join('\n', lines));
            shown = Reports(lines)[index];
        }

        Assert.Equal(written, lines[shown].Select(line => line.Length == 0 ? "" : line[4..]));
    }

    [Fact]
    public void No_other_report_is_shown() => Assert.Equal(Shown.Count, Reports(Read(Page).Split('\n')).Count);

    [Fact]
    public void The_README_is_short()
    {
        var lines = Read("README.md").TrimEnd('\n').Split('\n');

        Assert.InRange(lines.Length, 1, MostLines);
        Assert.DoesNotContain(lines, line => line.Length > MostColumns);
    }

    [Fact]
    public void The_hints_are_those_of_the_program()
    {
        var table = string.Concat(HintRules.Table.Select(rule => $"| `{rule.Name}` | {rule.Finds} |\n"));
        var generated = "| hint | what it finds |\n|---|---|\n" + table;

        Assert.Equal(generated, GeneratedPart.Read("docs/report.md", "hints", generated));
    }

    /// <summary>The lines that are indented and begin with a headline, report by report.</summary>
    private static List<Range> Reports(string[] lines)
    {
        var reports = new List<Range>();
        for (var index = 0; index < lines.Length; index++)
        {
            if (!HeadlinePattern().IsMatch(lines[index]))
                continue;
            var end = index + 1;
            // A blank line belongs to the report where an indented one follows it.
            for (var next = end; next < lines.Length; next++)
            {
                if (lines[next].StartsWith("    ", StringComparison.Ordinal) && !HeadlinePattern().IsMatch(lines[next]))
                    end = next + 1;
                else if (lines[next].Length > 0)
                    break;
            }

            reports.Add(index..end);
        }

        return reports;
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^    \S+ \(namespace \S+\): (timed out after \S+|failed \(waited \S+\)): ")]
    private static partial Regex HeadlinePattern();
}
