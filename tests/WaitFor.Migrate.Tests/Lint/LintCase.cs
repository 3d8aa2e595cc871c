namespace WaitFor.Migrate.Tests.Lint;

/// <summary>Scripts whose effect is known, as Cases.sql has them.</summary>
/// <param name="Title">What they do.</param>
/// <param name="Expected">What lint finds in them, a line each: rule, level, script and line, object.</param>
/// <param name="Scripts">They.</param>
internal sealed record LintCase(string Title, IReadOnlyList<string> Expected, IReadOnlyList<string> Scripts)
{
    private const string Case = "-- case ";
    private const string Finds = "-- finds ";

    /// <summary>What it is judged with.</summary>
    public string Arguments => Title.EndsWith("(style)", StringComparison.Ordinal) ? "--big-table 1000 --style" : "--big-table 1000";

    /// <summary>True where something does harm to the running release.</summary>
    public bool IsBad => Expected.Any(line => !line.Contains(" notice ", StringComparison.Ordinal));

    /// <summary>All of the file.</summary>
    public static IReadOnlyList<LintCase> All { get; } = Read(LintBed.Read("Cases.sql"));

    private static List<LintCase> Read(string text) =>
        [
            .. text.Split('\n' + Case).Skip(1)
                .Select(part =>
                {
                    var lines = part.TrimEnd().Split('\n');
                    var expected = lines.Skip(1).TakeWhile(line => line.StartsWith(Finds, StringComparison.Ordinal)).ToList();
                    return new LintCase(
                        lines[0],
                        expected.ConvertAll(line => line[Finds.Length..]),
                        string.Join('\n', lines.Skip(1 + expected.Count)).Split("\n-- script\n")
                    );
                }),
        ];
}
