using System.Text.RegularExpressions;
using WaitFor.CommandLine;
using WaitFor.Lint;
using WaitFor.Testing;

namespace WaitFor.Tests;

/// <summary>Every command that a page shows is run by a test, read by the program's own parser, or needs what no test of this project
/// has.</summary>
public sealed partial class DocumentedCommandTests
{
    /// <summary>The programs in blocks of code, and how their command lines are shown to work.</summary>
    private static readonly Dictionary<string, string> Shown = new(StringComparer.Ordinal)
    {
        ["wait-for"] = "read by its parser, below",
        ["migrate"] = "read by its parser, in WaitFor.Migrate.Tests",
        ["dotnet"] = "tests/run builds, tests, and starts the Quickstart",
        ["tests/run"] = "the run of all tests itself",
        ["tests/quick"] = "runs a part of the same tests",
        ["kubectl"] = "needs a cluster: ReadmeCommandTests runs those of README.md; DryRunTests and Flows apply the examples",
        ["helm"] = "needs Helm: ChartTests renders, installs and rolls back the chart",
        ["kustomize"] = "needs kustomize: PipelineTests and DryRunTests build the kustomizations",
        ["docker"] = "needs docker: tests/image/run builds the same targets of the same Dockerfile with buildah",
    };

    [Fact]
    public void Every_command_block_has_only_programs_of_which_it_is_known_how_they_are_tested()
    {
        var commands = DocumentedCommand.All.Where(command => command.InBlock).ToList();

        Assert.True(commands.Count > 25, $"{commands.Count} commands were found");
        Assert.All(commands, command =>
            Assert.All(command.Programs(), words => Assert.True(Shown.ContainsKey(words[0]), $"{command}: who tests {words[0]}?"))
        );
        Assert.All(Shown.Keys, program =>
            Assert.Contains(commands, command => command.Programs().Any(words => words[0] == program))
        );
    }

    [Fact]
    public void The_gate_takes_every_command_line_of_the_pages()
    {
        var lines = Lines("wait-for").Concat(Arguments()).ToList();

        Assert.True(lines.Count > 30, $"{lines.Count} command lines were found");
        Assert.All(lines, line => Assert.True(Problem(line.Words) is null, $"{line.Command}: {Problem(line.Words)}"));
    }

    [Fact]
    public void The_pages_of_the_gate_name_only_options_that_exist()
    {
        string[] known =
        [
            .. new GateCommand([], _ => null).Options.Select(option => option.Name),
            "--explain",
            "--allow",
            "--strict",
            .. OfOthers,
        ];
        var named = DocumentedCommand
            .Options(
                "docs/gate.md",
                "docs/kinds.md",
                "docs/kubectl-differences.md",
                "docs/permissions.md",
                "docs/report.md",
                "docs/pattern-lint.md",
                "docs/troubleshooting.md"
            )
            .ToList();

        Assert.True(named.Count > 50, $"{named.Count} options were found");
        Assert.All(named, option => Assert.Contains(option.Option, known));
    }

    /// <summary>Options of <c>migrate</c>, Helm and kubectl that these pages name.</summary>
    private static readonly string[] OfOthers = ["--previous", "--progress", "--direct-url", "--lock-timeout", "--wait"];

    [Theory]
    [InlineData("wait-for job/a --time-out 5m", "unknown option --time-out")]
    [InlineData("wait-for jobb/a/b/c", "jobb/a/b/c")]
    [InlineData("wait-for lint -f - --stric", "unknown option --stric")]
    [InlineData("wait-for completion tcsh", "completion tcsh")]
    [InlineData("wait-for rbac job/a --timeout", "--timeout")]
    public void A_wrong_command_line_would_be_found(string line, string problem)
    {
        var words = Assert.Single(new DocumentedCommand("page.md", 1, line, InBlock: true).Programs());

        Assert.Contains(problem, Problem([.. words.Skip(1)]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_around_a_command_is_told_apart()
    {
        Assert.Equal(
            ["helm template . -f a", "wait-for lint -f -"],
            new DocumentedCommand("page.md", 1, "A=1 helm template . -f a | wait-for lint -f - > out", InBlock: true)
                .Programs()
                .Select(words => string.Join(' ', words))
        );
        Assert.Equal(["a", "-l", "b in (c,d)", ""], DocumentedCommand.Words("a -l \"b in (c,d)\" ''"));
    }

    /// <summary>Where a page names a file of the repository to kubectl, Helm or psql, it exists, from the root or from the page's
    /// folder.</summary>
    [Fact]
    public void Files_in_commands_of_the_examples_exist()
    {
        var named = (
            from command in DocumentedCommand.All
            where command.Page.StartsWith("examples/", StringComparison.Ordinal) || command.Page == "README.md"
            from words in command.Programs()
            where words[0] is "kubectl" or "helm" or "psql"
            from word in words.Where(word => FilePattern().IsMatch(word))
            select (command, word)
        ).ToList();

        Assert.True(named.Count > 10, $"{named.Count} files were found");
        Assert.All(named, item =>
            Assert.True(
                new[] { "", Path.GetDirectoryName(item.command.Page)! }.Any(folder =>
                    Path.Exists(Path.Combine(Repository.Root, folder, item.word))
                ),
                $"{item.command}: {item.word} does not exist"
            )
        );
    }

    /// <summary>The command lines of a program: whole blocks, and of the sentences what has more than the program's or a command's
    /// name.</summary>
    private static IEnumerable<(DocumentedCommand Command, string[] Words)> Lines(string program) =>
        from command in DocumentedCommand.All
        from words in command.Programs()
        where words[0] == program && (command.InBlock || words.Count > 2 || words is [_, ['-', ..] or "completion"])
        select (command, words.Skip(1).ToArray());

    /// <summary>The arguments of containers (<c>args: [...]</c>) that are a gate's: those of <c>migrate</c> begin with a command.</summary>
    private static IEnumerable<(DocumentedCommand Command, string[] Words)> Arguments() =>
        from page in DocumentedCommand.Pages
        where page != "docs/pattern-lint.md"
        from match in ArgumentsPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
        let words = match.Groups["words"].Value.Split(", ").Select(word => word.Trim('"')).ToArray()
        where !MigrateCommands.Contains(words[0], StringComparer.Ordinal)
        select (new DocumentedCommand(page, 0, match.Value, InBlock: true), words);

    private static readonly string[] MigrateCommands = ["up", "exec", "migrate"];

    /// <summary>Why a command line is refused before anything is contacted; null where it is not.</summary>
    private static string? Problem(string[] words)
    {
        try
        {
            if (words is ["lint", .. var rest])
            {
                var lint = new LintCommand(rest, PatternRules.Known);
                _ = lint.Help ? null : lint.Read();
                return null;
            }

            var command = new GateCommand(words, _ => null);
            _ = command.Told("1.0.0") is null ? command.Read() : null;
            return null;
        }
        catch (UsageException exception)
        {
            return exception.Message;
        }
    }

    [GeneratedRegex(@"^[\w./-]+\.(ya?ml|sql)$|^examples/[\w./-]+$")]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"args: \[(?<words>[^\]\n]+)\]")]
    private static partial Regex ArgumentsPattern();
}
