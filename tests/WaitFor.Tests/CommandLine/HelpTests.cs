using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Process.Help;
using WaitFor.Testing;

namespace WaitFor.Tests.CommandLine;

/// <summary>Help, completion and the pages of docs/ come from one table of options.</summary>
public sealed class HelpTests
{
    private const int MostLines = 60;
    private const int MostColumns = 120;

    private static readonly GateCommand Command = new([], _ => null);

    [Fact]
    public void The_table_has_the_options_that_the_program_reads() =>
        Assert.Equal(
            Command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Order(StringComparer.Ordinal),
            GateHelp.Options.SelectMany(option => option.Words).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void An_option_takes_a_value_where_the_table_says_so() =>
        Assert.All(Command.Options, option =>
            Assert.Equal(
                option.ValueType != typeof(bool),
                GateHelp.Options.Single(row => row.Words.Contains(option.Name)).Value.Length > 0
            )
        );

    [Fact]
    public void The_overview_fits_on_a_screen_and_names_the_topics()
    {
        var overview = Told("--help")!;

        Assert.InRange(overview.Split('\n').Length, 1, MostLines);
        Assert.All(HelpText.Pages.Topics, topic => Assert.Contains($"\n  {topic} ", overview, StringComparison.Ordinal));
    }

    public static TheoryData<string> Topics => [.. HelpText.Pages.Topics];

    [Theory]
    [MemberData(nameof(Topics))]
    public void Each_topic_has_its_text(string topic)
    {
        var text = Told("--help", topic);

        Assert.NotNull(text);
        Assert.NotEqual(Told("--help"), text);
        Assert.Equal(text, Told("-h", topic));
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, MostColumns));
    }

    [Fact]
    public void The_topics_are_these() =>
        Assert.Equal(["options", "kinds", "for", "kubectl", "permissions", "exit-codes", "completion"], HelpText.Pages.Topics);

    [Fact]
    public void The_topic_options_has_all_options() =>
        Assert.All(GateHelp.Options, option =>
            Assert.Contains($"  {option.Names}", Told("--help", "options"), StringComparison.Ordinal)
        );

    [Fact]
    public void An_unknown_topic_is_a_usage_error_that_names_the_topics()
    {
        Assert.Null(Told("--help", "kind"));
        Assert.Equal(
            "--help kind: unknown topic; write one of options, kinds, for, kubectl, permissions, exit-codes, completion, or --help alone "
                + "for the overview",
            Assert.Throws<UsageException>(() => new GateCommand(["--help", "kind"], _ => null).Read()).Message
        );
    }

    /// <summary>Help may be asked for at the end of a line that somebody has typed already.</summary>
    [Theory]
    [InlineData("job/db|--help")]
    [InlineData("job|db|-h")]
    [InlineData("--help|-n|shop")]
    [InlineData("help")]
    [InlineData("--help=true")]
    public void Help_beside_other_words_is_the_overview(string words) => Assert.Equal(Told("--help"), Told(words.Split('|')));

    [Theory]
    [InlineData("help|kinds", "kinds")]
    [InlineData("--help=kinds", "kinds")]
    [InlineData("rbac|--help", "permissions")]
    [InlineData("rbac|job/db|-h", "permissions")]
    [InlineData("wait|--help", "kubectl")]
    [InlineData("rollout|status|deploy/web|--help", "kubectl")]
    [InlineData("completion|--help", "completion")]
    [InlineData("completion|--help|for", "for")]
    public void Help_behind_a_command_is_its_topic(string words, string topic) =>
        Assert.Equal(Told("--help", topic), Told(words.Split('|')));

    [Fact]
    public void The_version_is_told_for_the_word_and_the_option()
    {
        Assert.StartsWith("wait-for 1.2.3\n", Told("--version"), StringComparison.Ordinal);
        Assert.Equal(Told("--version"), Told("version"));
    }

    [Theory]
    [InlineData("completion", "completion: one shell is expected; write wait-for completion bash, zsh or fish")]
    [InlineData("completion|tcsh", "completion tcsh: one shell is expected; write wait-for completion bash, zsh or fish")]
    public void An_unknown_shell_is_a_usage_error(string words, string message)
    {
        Assert.Null(Told(words.Split('|')));
        Assert.Equal(message, Assert.Throws<UsageException>(() => new GateCommand(words.Split('|'), _ => null).Read()).Message);
    }

    public static TheoryData<string> Shells => [.. ShellCompletion.Shells];

    [Theory]
    [MemberData(nameof(Shells))]
    public void A_completion_script_has_every_option(string shell)
    {
        var script = Told("completion", shell)!;

        Assert.All(GateHelp.Options.SelectMany(option => option.Words), word =>
            Assert.Matches($@"(?<![\w-])({word}|-l {word.TrimStart('-')}|-s {word.TrimStart('-')})(?![\w-])", script)
        );
    }

    [Fact]
    public void The_shells_of_this_machine_accept_their_scripts() =>
        Assert.All(Shell.Installed, shell => Assert.Equal("", Shell.Check(shell, Told("completion", shell)!)));

    [Theory]
    [InlineData("--on-", "--on-missing")]
    [InlineData("--on-missing|", "wait fail pass")]
    [InlineData("--on-missing|=|p", "pass")]
    [InlineData("--on-missing|=", "wait fail pass")]
    [InlineData("job/db|-o|j", "json")]
    [InlineData("-n|", "")]
    [InlineData("de", "deployment/")]
    [InlineData("--help|k", "kinds kubectl")]
    [InlineData("completion|", "bash zsh fish")]
    [InlineData("lint|--ex", "--explain")]
    [InlineData("lint|--explain|no-d", "no-deadline no-digest")]
    [InlineData("lint|-f|k8s|-o|", "text json github sarif")]
    [InlineData("lint|/etc/host", "/etc/hostname /etc/hosts")]
    [InlineData("lin", "lint")]
    [InlineData("--kubeconfig|/etc/host", "/etc/hostname /etc/hosts")]
    public void Bash_completes(string words, string offered) =>
        Assert.Equal(
            offered.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Shell
                .Complete(Told("completion", "bash")!, "_wait_for", ["wait-for", .. words.Split('|')])
                .Where(word => !word.StartsWith("/etc/host", StringComparison.Ordinal) || word is "/etc/hostname" or "/etc/hosts")
                .Order(StringComparer.Ordinal)
                .OrderBy(word => Array.IndexOf(offered.Split(' '), word))
        );

    [Fact]
    public void The_options_of_lint_are_those_that_it_reads()
    {
        Assert.Equal(
            new LintCommand([], []).Options.SelectMany(option => option.Aliases.Append(option.Name)).Order(StringComparer.Ordinal),
            LintHelp.Options.SelectMany(option => option.Words).Order(StringComparer.Ordinal)
        );
        Assert.All(LintHelp.Text.Split('\n'), line => Assert.InRange(line.Length, 0, 140));
    }

    [Fact]
    public void The_documentation_has_the_options()
    {
        var generated = string.Join('\n', GateHelp.Groups.Select(group => $"### {group.Title}\n\n{OptionTable.Markdown(group.Options)}"));

        Assert.Equal(generated, GeneratedPart.Read("docs/gate.md", "options", generated));
        Assert.All(generated.Split('\n'), line => Assert.InRange(line.Length, 0, MostColumns));
    }

    [Fact]
    public void The_documentation_has_the_kinds()
    {
        Assert.Equal(KindTable.Markdown, GeneratedPart.Read("docs/kinds.md", "kinds", KindTable.Markdown));
        Assert.All(KindTable.Markdown.Split('\n'), line => Assert.InRange(line.Length, 0, MostColumns));
    }

    [Fact]
    public void Each_kind_is_in_help_and_completion() =>
        Assert.All(KnownKinds.All, kind =>
        {
            Assert.Matches($@"(?<![\w-]){kind.Word}(?![\w-])", Told("--help", "kinds"));
            Assert.Contains($"{kind.Word}/", Told("completion", "bash"), StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/gate.md")]
    public void The_documentation_has_the_exit_codes(string page)
    {
        var generated = "| exit code | |\n|---|---|\n" + string.Concat(ExitCode.Table.Select(row => $"| {row.Code} | {row.Meaning} |\n"));

        Assert.Equal(generated, GeneratedPart.Read(page, "exit-codes", generated));
    }

    private static string? Told(params string[] words) => new GateCommand(words, _ => null).Told("1.2.3");
}
