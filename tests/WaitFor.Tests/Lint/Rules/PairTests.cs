namespace WaitFor.Tests.Lint.Rules;

/// <summary>Gates and Jobs as public charts have them, with other names: all that is found, and nothing else. Each case of
/// Pairs/*.yaml begins with <c>####</c> and its title; the lines <c>#=</c> are what is expected.</summary>
public sealed class PairTests
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var (file, title, _) in Read())
            cases.Add(file, title);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_is_found_and_nothing_else(string file, string title)
    {
        var text = Read().Single(one => one.File == file && one.Title == title).Text;
        var expected = text.Split('\n').Where(line => line.StartsWith("#= ", StringComparison.Ordinal)).Select(line => line[3..]);

        var found = Judged
            .Of(text)
            .Select(finding => $"{finding.Level.ToString().ToLowerInvariant()} {finding.Rule} {finding.Subject}")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        var lines = string.Join('\n', found.Select(line => $"#= {line}"));
        Assert.True(string.Join('\n', expected.Select(line => $"#= {line}")) == lines, $"{file}, {title}: found\n{lines}");
    }

    [Fact]
    public void There_are_more_than_thirty() => Assert.InRange(Read().Count, 31, int.MaxValue);

    private static List<(string File, string Title, string Text)> Read() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Lint", "Rules", "Pairs"), "*.yaml")
                .Order(StringComparer.Ordinal)
                .SelectMany(file =>
                    File.ReadAllText(file)
                        .ReplaceLineEndings("\n")
                        .Split("#### ", StringSplitOptions.RemoveEmptyEntries)
                        .Select(one => one.Split('\n', 2))
                        .Select(parts => (Path.GetFileName(file), parts[0], parts[1]))
                ),
        ];
}
