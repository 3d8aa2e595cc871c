using System.Text.RegularExpressions;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>The parts of docs/zero-downtime.md that tests read.</summary>
internal static partial class RuleDocs
{
    /// <summary>The page.</summary>
    public static string Page { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "zero-downtime.md"));

    /// <summary>The database of the examples.</summary>
    public static string Given { get; } = Blocks(Page, "Given").Single();

    /// <summary>The names of the rules with a section, in order.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. SectionPattern().Matches(Page).Select(match => match.Groups["name"].Value)];

    /// <summary>The SQL of a rule's section behind a word.</summary>
    public static IEnumerable<string> Examples(string rule, string word) =>
        Blocks(SectionPattern().Matches(Page).Single(match => match.Groups["name"].Value == rule).Groups["text"].Value, word);

    private static IEnumerable<string> Blocks(string text, string word) =>
        BlockPattern().Matches(text).Where(match => match.Groups["word"].Value == word).Select(match => match.Groups["sql"].Value);

    [GeneratedRegex(@"^### (?<name>[a-z0-9-]+)\n(?<text>(?:(?!^##).*\n)*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(
        @"^(?<word>Given|Bad|Good):\n\n```sql\n(?<sql>(?:(?!```).*\n)*)```$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex BlockPattern();
}
