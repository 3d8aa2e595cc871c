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
    public void A_report_is_shown_as_the_gate_writes_it(int index, string golden) =>
        Assert.Equal(VersionedText.For(Kubernetes, Read(Path.Combine("Golden", golden + ".txt"))).TrimEnd('\n'), Reports()[index]);

    [Fact]
    public void No_other_report_is_shown() => Assert.Equal(Shown.Count, Reports().Count);

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

    /// <summary>What is indented and begins with a headline.</summary>
    private static List<string> Reports()
    {
        var reports = new List<string>();
        var within = false;
        var lines = Read("report.md").Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            if (HeadlinePattern().IsMatch(lines[index]))
            {
                reports.Add("");
                within = true;
            }

            within &= lines[index].Length == 0 || lines[index].StartsWith("    ", StringComparison.Ordinal);
            if (within)
                reports[^1] += (lines[index].Length == 0 ? "" : lines[index][4..]) + "\n";
        }

        return [.. reports.Select(report => report.TrimEnd('\n'))];
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^    \S+ \(namespace \S+\): (timed out after \S+|failed \(waited \S+\)): ")]
    private static partial Regex HeadlinePattern();
}
