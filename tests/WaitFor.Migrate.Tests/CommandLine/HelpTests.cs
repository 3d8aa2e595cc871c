using WaitFor.Migrate.CommandLine;
using WaitFor.Process.Help;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.CommandLine;

/// <summary>Help, completion and the pages of docs/ come from one table of options.</summary>
public sealed class HelpTests
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);
    private static readonly MigrateCommand Command = new([], Nothing);

    [Fact]
    public void The_table_has_the_options_that_the_program_reads() =>
        Assert.Equal(
            Command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Order(StringComparer.Ordinal),
            MigrateHelp.Options.SelectMany(option => option.Words).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void An_option_takes_a_value_where_the_table_says_so() =>
        Assert.All(Command.Options, option =>
            Assert.Equal(
                option.ValueType != typeof(bool),
                MigrateHelp.Options.Single(row => row.Words.Contains(option.Name)).Value.Length > 0
            )
        );

    [Fact]
    public void The_overview_fits_on_a_screen_and_names_the_topics()
    {
        var overview = Told("--help")!;

        Assert.InRange(overview.Split('\n').Length, 1, 60);
        Assert.All(overview.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.All(HelpText.Pages.Topics, topic => Assert.Contains($"\n  {topic} ", overview, StringComparison.Ordinal));
        Assert.All(MigrateHelp.Commands, command => Assert.Contains(command.Word, overview, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("options", "--statement-lock-timeout DURATION")]
    [InlineData("scripts", "V2__add_column.sql ")]
    [InlineData("completion", "migrate completion fish | source")]
    [InlineData("lint", "migrate: allow RULE  reason")]
    [InlineData("flyway", "  callbackLocations ")]
    [InlineData("permissions", "ConfigMaps")]
    [InlineData("exit-codes", "5      an assertion failed")]
    public void Each_topic_has_its_text(string topic, string text)
    {
        Assert.Contains(topic, HelpText.Pages.Topics);
        Assert.Contains(text, Told("--help", topic), StringComparison.Ordinal);
        Assert.Equal(7, HelpText.Pages.Topics.Count);
        Assert.All(Told("--help", topic)!.Split('\n'), line => Assert.InRange(line.Length, 0, 140));
    }

    [Theory]
    [InlineData(
        "--help|option",
        "--help option: unknown topic; write one of options, scripts, lint, flyway, permissions, exit-codes, completion, or --help alone "
            + "for the overview"
    )]
    [InlineData("completion", "completion: one shell is expected; write migrate completion bash, zsh or fish")]
    [InlineData("completion|tcsh", "completion tcsh: one shell is expected; write migrate completion bash, zsh or fish")]
    public void An_unknown_topic_or_shell_is_a_usage_error(string words, string message)
    {
        Assert.Null(Told(words.Split('|')));
        var error = Assert.Throws<MigrationException>(() => new MigrateCommand(words.Split('|'), Nothing).Read());
        Assert.Equal((ExitCode.Usage, message), (error.ExitCode, error.Message));
    }

    [Theory]
    [InlineData("up|--help")]
    [InlineData("--help|up")]
    [InlineData("flyway|-h|migrate")]
    [InlineData("help")]
    [InlineData("help|up")]
    [InlineData("--help=up")]
    public void Help_beside_a_command_is_the_overview(string words) => Assert.Equal(Told("--help"), Told(words.Split('|')));

    public static TheoryData<string> Shells => [.. ShellCompletion.Shells];

    [Theory]
    [MemberData(nameof(Shells))]
    public void A_completion_script_has_every_option_and_command(string shell)
    {
        var script = Told("completion", shell)!;

        Assert.All(MigrateHelp.Options.SelectMany(option => option.Words), word =>
            Assert.Matches($@"(?<![\w-])({word}|-l {word.TrimStart('-')}|-s {word.TrimStart('-')})(?![\w-])", script)
        );
        Assert.All(MigrateHelp.Commands, command => Assert.Contains(command.Word, script, StringComparison.Ordinal));
    }

    [Fact]
    public void The_shells_of_this_machine_accept_their_scripts() =>
        Assert.All(Shell.Installed, shell => Assert.Equal("", Shell.Check(shell, Told("completion", shell)!)));

    [Theory]
    [InlineData("va", "validate")]
    [InlineData("validate|--pend", "--pending")]
    [InlineData("validate|--pending|", "ok fail")]
    [InlineData("up|-o|=|j", "json")]
    [InlineData("--help|fl", "flyway")]
    [InlineData("completion|", "bash zsh fish")]
    public void Bash_completes(string words, string offered) =>
        Assert.Equal(
            offered.Split(' '),
            Shell.Complete(Told("completion", "bash")!, "_migrate", ["migrate", .. words.Split('|')])
        );

    [Fact]
    public void The_documentation_has_the_options()
    {
        var generated = string.Join(
            '\n',
            MigrateHelp.Groups.Select(group => $"### {group.Title}\n\n{OptionTable.Markdown(group.Options)}")
        );

        Assert.Equal(generated, GeneratedPart.Read("docs/migrate.md", "options", generated));
        Assert.All(generated.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public void The_documentation_has_the_exit_codes()
    {
        var generated = "| exit code | |\n|---|---|\n" + string.Concat(ExitCode.Table.Select(row => $"| {row.Code} | {row.Meaning} |\n"));

        Assert.Equal(generated, GeneratedPart.Read("docs/migrate.md", "exit-codes", generated));
    }

    private static string? Told(params string[] words) => new MigrateCommand(words, Nothing).Told("1.2.3");
}
