using System.Text.RegularExpressions;
using WaitFor.Testing;

namespace WaitFor.Tests;

/// <summary>The tests that the pages name exist.</summary>
public sealed partial class NamedTestTests
{
    private static readonly string Sources = string.Concat(
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
    );

    public static TheoryData<string, string> Named()
    {
        var cases = new TheoryData<string, string>();
        var named =
            from page in DocumentedCommand.Pages
            from match in TestPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
            select (page, match.Groups["test"].Value);
        foreach (var (page, test) in named.Distinct())
            cases.Add(page, test);
        return cases;
    }

    /// <summary>A method may be named by its beginning.</summary>
    [Theory]
    [MemberData(nameof(Named))]
    public void A_test_that_a_page_names_exists(string page, string test)
    {
        var parts = test.Split('.');

        Assert.True(Sources.Contains($" class {parts[0]}", StringComparison.Ordinal), $"{page}: there is no class {parts[0]}");
        foreach (var method in parts.Skip(1))
            Assert.True(Sources.Contains($" {method}", StringComparison.Ordinal), $"{page}: no test begins with {method}");
    }

    [GeneratedRegex(@"`(\w+/)*(?<test>\w+Tests(\.\w+)?)(\.\.\.)?`", RegexOptions.ExplicitCapture)]
    private static partial Regex TestPattern();
}
