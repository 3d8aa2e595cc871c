using System.Text.RegularExpressions;
using WaitFor.CommandLine;
using WaitFor.Lint;
using WaitFor.Process.Help;
using WaitFor.Testing;

namespace WaitFor.Tests.Lint.Rules;

/// <summary>docs/pattern-lint.md is true: its table is the list of rules, and each rule finds its bad YAML and not its good one.</summary>
public sealed partial class DocumentationTests
{
    private const int MostColumns = 120;

    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pattern-lint.md"))
        .ReplaceLineEndings("\n");

    public static TheoryData<string> Rules() => [.. PatternRules.Known.Select(rule => rule.Name)];

    [Fact]
    public void The_table_has_all_rules()
    {
        var rows = PatternRules.Known.Select(rule => $"| `{rule.Name}` | {rule.Level.ToString().ToLowerInvariant()} | {rule.Summary} |");
        var expected = "| rule | level | finds |\n|---|---|---|\n" + string.Concat(rows.Select(row => row + "\n"));

        Assert.Equal(expected, GeneratedPart.Read("docs/pattern-lint.md", "rules", expected));
    }

    [Fact]
    public void The_table_has_the_options_that_the_program_reads()
    {
        var table = OptionTable.Markdown(LintHelp.Options);

        Assert.Equal(table, GeneratedPart.Read("docs/pattern-lint.md", "options", table));
        Assert.Equal(
            new LintCommand([], []).Options.SelectMany(option => option.Aliases.Append(option.Name)).Order(StringComparer.Ordinal),
            LintHelp.Options.SelectMany(option => option.Words).Order(StringComparer.Ordinal)
        );
        Assert.All(LintHelp.Text.Split('\n'), line => Assert.InRange(line.Length, 0, MostColumns));
    }

    [Fact]
    public void Each_rule_has_a_section_in_the_tables_order() =>
        Assert.Equal(PatternRules.Known.Select(rule => rule.Name), Heading().Matches(Page).Select(match => match.Groups["name"].Value));

    [Fact]
    public void No_line_is_long() =>
        Assert.DoesNotContain(
            Page.Split('\n'),
            line =>
                line.Length > MostColumns
                && !line.StartsWith("    ", StringComparison.Ordinal)
                && !line.Contains("sha256:", StringComparison.Ordinal)
        );

    [Fact]
    public void Rules_are_named_once_and_say_what_to_do()
    {
        Assert.Distinct(PatternRules.Known.Select(rule => rule.Name));
        Assert.All(PatternRules.Known, rule =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", rule.Name);
            Assert.False(rule.Summary.EndsWith('.') || rule.Fix.EndsWith('.'), rule.Name);
        });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Bad_YAML_is_found(string rule)
    {
        var finding = Judged.Of(Block(rule, "Bad")).FirstOrDefault(one => one.Rule == rule);

        Assert.NotNull(finding);
        Assert.Equal(PatternRules.Known.Single(known => known.Name == rule).Level, finding.Level);
        Assert.True(finding is { Line: > 0, Column: > 0, Subject: not null });
        Assert.False(char.IsUpper(finding.Message[0]) && !finding.Message.StartsWith("Job", StringComparison.Ordinal), finding.Message);
        Assert.False(finding.Message.EndsWith('.'), finding.Message);
        Assert.True(finding.Fix is null or { Length: > 0 });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Good_YAML_is_not_found(string rule) =>
        Assert.DoesNotContain(rule, Judged.Of(Block(rule, "Good")).Select(finding => finding.Rule));

    /// <summary>What <c>--explain</c> prints.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Explain_prints_the_section(string rule)
    {
        var text = Explanations.Of(PatternRules.Known.Single(known => known.Name == rule));

        Assert.Contains(Block(rule, "Bad"), text, StringComparison.Ordinal);
        Assert.Contains(Block(rule, "Good"), text, StringComparison.Ordinal);
    }

    private static string Block(string rule, string title)
    {
        var section = Explanations.Section(Page, rule);
        Assert.NotNull(section);
        var match = Regex.Match(section, $"^{title}:\n\n```yaml\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(match.Success, $"{rule} has no block {title}");
        return match.Groups["yaml"].Value;
    }

    [GeneratedRegex("^### (?<name>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
