using System.Text;
using System.Text.Json;
using WaitFor.CommandLine;
using WaitFor.Findings;
using WaitFor.Lint;
using WaitFor.Lint.Rules;
using WaitFor.Manifests;

namespace WaitFor.Tests.Lint;

/// <summary>The command <c>wait-for lint</c>: options, formats, exit codes.</summary>
public sealed class LinterTests
{
    private static readonly IReadOnlyList<IPatternRule> Rules = [new MissingPermission(), new BadArguments(), new Caution()];
    private static readonly IReadOnlyList<Rule> Known = [.. Rules.SelectMany(rule => rule.Rules)];

    private static readonly string Bad = Manifests.Gate("image: r/wait-for\nargs: [job/a, --timeot, 5m]");
    private static readonly string Cautious = Manifests.Gate("image: r/migrate\nargs: [wait, --release, v1]", name: "caution");
    private static readonly string Good =
        Manifests.Gate("image: r/migrate\nargs: [wait, --release, v1]") + Manifests.Job("a", "image: r/migrate\nargs: [up]");

    [Fact]
    public void Errors_are_shown_with_their_place_and_end_with_1()
    {
        var result = Run(Bad, "-f", "-");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            """
            -:12:15: error: bad-arguments: deployment/shop: container gate: unknown option --timeot: write --timeout
            1 error; read 1 gate, 0 migration Jobs, 1 object

            """,
            result.Output
        );
        Assert.Empty(result.Notes);
    }

    /// <summary>An input without a gate must not be taken for a good one.</summary>
    [Fact]
    public void What_was_read_is_said()
    {
        Assert.Equal("no findings; read 1 gate, 1 migration Job, 2 objects\n", Run(Good, "-f", "-").Output);
        Assert.Equal("no findings; read 0 gates, 0 migration Jobs, 1 object\n", Run("apiVersion: v1\nkind: X\n", "-f", "-").Output);
    }

    [Theory]
    [InlineData("good", "", 0)]
    [InlineData("good", "--strict", 0)]
    [InlineData("caution", "", 0)]
    [InlineData("caution", "--strict", 1)]
    [InlineData("caution", "--strict --allow caution", 0)]
    [InlineData("bad", "", 1)]
    [InlineData("bad", "--allow bad-arguments", 0)]
    [InlineData("bad", "--allow caution,bad-arguments", 0)]
    [InlineData("bad", "--allow missing-permission", 1)]
    [InlineData("bad", "-o json", 1)]
    [InlineData("bad", "-o github", 1)]
    [InlineData("bad", "--output=sarif", 1)]
    public void The_exit_code_says_whether_it_will_go_wrong(string input, string options, int expected)
    {
        var text = input switch
        {
            "good" => Good,
            "bad" => Bad,
            _ => Cautious,
        };
        Assert.Equal(expected, Run(text, ["-f", "-", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).ExitCode);
    }

    [Fact]
    public void What_is_allowed_is_counted_and_an_allowance_for_nothing_is_said()
    {
        var result = Run(Bad, "-f", "-", "--allow", "bad-arguments", "--allow", "caution");
        Assert.Equal("no findings; read 1 gate, 0 migration Jobs, 1 object; 1 finding allowed\n", result.Output);
        Assert.Equal(["--allow caution: nothing of the kind was found; leave it out"], result.Notes);
    }

    [Fact]
    public void Formats_for_machines_have_the_standard_output_for_themselves()
    {
        var json = Run(Bad, "-f", "-", "-o", "json");
        using (var document = JsonDocument.Parse(json.Output))
        {
            var finding = Assert.Single(document.RootElement.GetProperty("findings").EnumerateArray());
            Assert.Equal(("bad-arguments", 12), (finding.GetProperty("rule").GetString(), finding.GetProperty("line").GetInt32()));
        }

        Assert.Equal(["1 error; read 1 gate, 0 migration Jobs, 1 object"], json.Notes);
        var sarif = Run(Bad, "-f", "-", "-o", "sarif");
        using (var document = JsonDocument.Parse(sarif.Output))
        {
            var run = document.RootElement.GetProperty("runs")[0];
            Assert.Equal("wait-for lint", run.GetProperty("tool").GetProperty("driver").GetProperty("name").GetString());
            Assert.Equal(Known.Count, run.GetProperty("tool").GetProperty("driver").GetProperty("rules").GetArrayLength());
        }

        var github = Run(Bad, "-f", "-", "-o", "github").Output;
        Assert.StartsWith("::error file=-,line=12,col=15,title=bad-arguments::", github, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_has_the_format_and_the_standard_output_the_text()
    {
        var result = Run(Bad, "-f", "-", "-o", "sarif", "--report", "x.sarif");
        Assert.Contains("\"version\": \"2.1.0\"", result.Report, StringComparison.Ordinal);
        Assert.EndsWith("1 error; read 1 gate, 0 migration Jobs, 1 object\n", result.Output, StringComparison.Ordinal);
        Assert.Null(Run(Bad, "-f", "-", "-o", "sarif").Report);
    }

    [Theory]
    [InlineData("", "lint: no manifests; write -f FILE, -f FOLDER, or -f - for the standard input")]
    [InlineData("-f - -f -", "-f - is given more than once; the standard input can be read once")]
    [InlineData("-f - -o yaml", "--output \"yaml\": write text, json, github or sarif")]
    [InlineData("-f - --strct", "unknown option --strct: write --strict")]
    [InlineData("-f - --nothing=1", "unknown option --nothing: see wait-for lint --help")]
    [InlineData("-f - -o json -o text", "--output is given more than once; give it once")]
    [InlineData("-f - --allow bad-argument", "--allow \"bad-argument\": there is no such rule: write bad-arguments")]
    [InlineData(
        "-f - --allow nothing-like-it",
        "--allow \"nothing-like-it\": there is no such rule: write one of missing-permission, bad-arguments, caution"
    )]
    [InlineData("--explain x", "--explain \"x\": there is no such rule: write one of missing-permission, bad-arguments, caution")]
    [InlineData("-f /nowhere.yaml", "-f /nowhere.yaml: no such file or folder; correct the path")]
    [InlineData("-f -", "-f -: no Kubernetes object in it, so nothing was checked")]
    public void Wrong_usage_is_one_line(string arguments, string expected) =>
        Assert.Equal(
            expected,
            Assert.Throws<UsageException>(() => Run("", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Message
        );

    /// <summary>A shell makes several words of <c>-f k8s/*.yaml</c>, and pre-commit hands files over as words.</summary>
    [Theory]
    [InlineData("-f a.yaml b.yaml c.yaml", "a.yaml b.yaml c.yaml")]
    [InlineData("--strict a.yaml -R", "a.yaml")]
    [InlineData("-", "-")]
    [InlineData("-f=k8s", "k8s")]
    public void Words_are_files(string arguments, string expected) =>
        Assert.Equal(expected, string.Join(' ', new LintCommand(arguments.Split(' '), Known).Read().Files));

    /// <summary>The hook of the repository calls what there is.</summary>
    [Fact]
    public void The_hook_for_pre_commit_calls_the_command()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Lint", ".pre-commit-hooks.yaml");
        var hook = Assert.Single(Assert.Single(new ManifestParser(file, File.ReadAllBytes(file), strict: true).Documents()).Items!);
        Assert.Equal(("wait-for-lint", "system", "false"), (hook["id"]?.Text, hook["language"]?.Text, hook["pass_filenames"]?.Text));
        Assert.StartsWith("wait-for lint", hook["entry"]!.Text, StringComparison.Ordinal);
        var options = new LintCommand([.. hook["args"]!.Items!.Select(item => item.Text!)], Known).Read();
        Assert.Equal(("k8s", true), (Assert.Single(options.Files), options.Recursive));
    }

    [Fact]
    public void A_rule_is_explained()
    {
        var result = Run("", "--explain", "caution");
        Assert.Equal((0, "caution: It may go wrong\nTake care\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void An_explanation_is_the_rule_s_section_of_the_page()
    {
        const string page =
            "# Page\n\n### a-rule\n\nWhy.\n\nBad:\n\n```yaml\n### a comment\nx: 1\n```\n\nGood:\n\n```yaml\nx: 2\n```\n\n"
            + "### other\n\nText.\n\n## End\n";
        Assert.Equal(
            "a-rule\n\nWhy.\n\nBad:\n\n```yaml\n### a comment\nx: 1\n```\n\nGood:\n\n```yaml\nx: 2\n```\n",
            Explanations.Section(page, "a-rule")
        );
        Assert.Equal("other\n\nText.\n", Explanations.Section(page, "other"));
        Assert.Null(Explanations.Section(page, "a"));
    }

    private static LintResult Run(string text, params string[] arguments) =>
        new Linter(Rules, "0.0.0", () => new MemoryStream(Encoding.UTF8.GetBytes(text))).Run(new LintCommand(arguments, Known).Read());

    /// <summary>A warning for the workload of that name.</summary>
    private sealed class Caution : IPatternRule
    {
        public IReadOnlyList<Rule> Rules { get; } = [new("caution", Level.Warning, "It may go wrong", "Take care")];

        public IEnumerable<Finding> Judge(Pattern pattern) =>
            pattern
                .Objects.Where(entry => entry.Name == "caution")
                .Select(entry => new Finding("caution", Level.Warning, entry.File, entry.Line, 1, "x", "careful", null));
    }
}
