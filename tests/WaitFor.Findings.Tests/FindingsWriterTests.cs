using System.Text.Json;

namespace WaitFor.Findings.Tests;

public sealed class FindingsWriterTests
{
    private static readonly FindingsTool Tool = new(
        "migrate lint",
        "1.2.3",
        "script",
        [new Rule("drop-column", Level.Error, "A column is gone", "Contract later")]
    );

    private static readonly IReadOnlyList<Finding> All =
    [
        new("drop-column", Level.Error, "sql/V2__a b.sql", 3, 5, "column public.t.a", "100 % gone,\"now\"", "first\nthen"),
        new("other", Level.Notice, "V3.sql", 0, 0, null, "of the file", null),
    ];

    [Fact]
    public void Text_is_a_compilers()
    {
        Assert.Equal(
            "sql/V2__a b.sql:3:5: error: drop-column: column public.t.a: 100 % gone,\"now\"\n    first\n    then\n"
                + "V3.sql: notice: other: of the file\n",
            FindingsWriter.Write(Tool, FindingsFormat.Text, All)
        );
        Assert.Equal("1 error, 1 notice", FindingsWriter.Summary(All));
        Assert.Equal("no findings", FindingsWriter.Summary([]));
    }

    [Theory]
    [InlineData(FindingsFormat.Text, true)]
    [InlineData(FindingsFormat.Json, false)]
    [InlineData(FindingsFormat.Github, false)]
    [InlineData(FindingsFormat.Sarif, false)]
    public void Only_text_has_colours(FindingsFormat format, bool coloured)
    {
        var text = FindingsWriter.Write(Tool, format, All, (level, word) => $"<{level}:{word}>");

        Assert.Equal(coloured, text.Contains("a b.sql:3:5: <Error:error>: drop-column", StringComparison.Ordinal));
        Assert.Equal(coloured, text.Contains("V3.sql: <Notice:notice>: other", StringComparison.Ordinal));
        Assert.Equal(coloured, text.Contains('<', StringComparison.Ordinal));
    }

    [Fact]
    public void Github_escapes_as_its_commands_need()
    {
        Assert.Equal(
            "::error file=sql/V2__a b.sql,line=3,col=5,title=drop-column::column public.t.a: 100 %25 gone,\"now\"%0Afirst%0Athen\n"
                + "::notice file=V3.sql,title=other::of the file\n",
            FindingsWriter.Write(Tool, FindingsFormat.Github, All)
        );
    }

    [Fact]
    public void Json_counts_and_lists()
    {
        using var document = JsonDocument.Parse(FindingsWriter.Write(Tool, FindingsFormat.Json, All));
        var root = document.RootElement;

        Assert.Equal((1, 0, 1), (Int("errors"), Int("warnings"), Int("notices")));
        var first = root.GetProperty("findings")[0];
        Assert.Equal(
            "rule level script line column object message fix",
            string.Join(' ', first.EnumerateObject().Select(field => field.Name))
        );
        Assert.Equal("sql/V2__a b.sql", first.GetProperty("script").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("findings")[1].GetProperty("fix").ValueKind);

        int Int(string name) => root.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Sarif_names_rule_place_and_object()
    {
        using var document = JsonDocument.Parse(FindingsWriter.Write(Tool, FindingsFormat.Sarif, All));
        var run = document.RootElement.GetProperty("runs")[0];
        var result = run.GetProperty("results")[0];
        var place = result.GetProperty("locations")[0];

        Assert.Equal("drop-column", run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[0].GetProperty("id").GetString());
        Assert.Equal("error", result.GetProperty("level").GetString());
        Assert.Equal(0, result.GetProperty("ruleIndex").GetInt32());
        var physical = place.GetProperty("physicalLocation");
        Assert.Equal("sql/V2__a%20b.sql", physical.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(3, physical.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal("note", run.GetProperty("results")[1].GetProperty("level").GetString());
        Assert.False(run.GetProperty("results")[1].TryGetProperty("ruleIndex", out _));
    }

    [Fact]
    public void Sorts_by_file_as_given_then_by_place_the_worst_first()
    {
        Finding[] findings =
        [
            new("b", Level.Notice, "z", 2, 1, null, "", null),
            new("a", Level.Error, "z", 2, 1, null, "", null),
            new("c", Level.Notice, "a", 1, 1, null, "", null),
            new("d", Level.Notice, "z", 1, 1, null, "", null),
        ];

        Assert.Equal("d a b c", string.Join(' ', FindingsWriter.Sort(findings).Select(finding => finding.Rule)));
    }
}
