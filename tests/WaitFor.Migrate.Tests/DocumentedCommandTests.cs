using System.Text.RegularExpressions;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>The command lines of <c>migrate</c> in the pages. What else the pages show is in the class of the same name of the
/// gate.</summary>
public sealed partial class DocumentedCommandTests
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["DATABASE_URL"] = "postgres://shop@db/shop",
        ["JOB_NAME"] = "db-migrate-v42",
    };

    [Fact]
    public void Migrate_takes_every_command_line_of_the_pages()
    {
        var lines = Lines().Concat(Arguments()).ToList();

        Assert.True(lines.Count > 15, $"{lines.Count} command lines were found");
        Assert.All(lines, line => Assert.True(Problem(line.Words) is null, $"{line.Command}: {Problem(line.Words)}"));
    }

    /// <summary><c>--applied</c> is Prisma's.</summary>
    [Fact]
    public void The_pages_of_migrate_name_only_options_that_exist()
    {
        string[] known = [.. new MigrateCommand([], Variables).Options.Select(option => option.Name), "--applied"];
        var named = DocumentedCommand
            .Options("docs/migrate.md", "docs/from-flyway.md", "docs/batches.md", "docs/zero-downtime.md", "docs/connections.md")
            .ToList();

        Assert.True(named.Count > 50, $"{named.Count} options were found");
        Assert.All(named, option => Assert.Contains(option.Option, known));
    }

    [Theory]
    [InlineData("migrate up --lock-time-out 5m", "unknown option --lock-time-out")]
    [InlineData("migrate apply --locations sql", "\"apply\" is not a command")]
    [InlineData("migrate up --big-table 5", "--big-table")]
    [InlineData("migrate exec --", "the command is missing")]
    [InlineData("flyway -urll=jdbc:postgresql://db/shop migrate", "urll")]
    public void A_wrong_command_line_would_be_found(string line, string problem)
    {
        var words = Assert.Single(new DocumentedCommand("page.md", 1, line, InBlock: true).Programs());

        Assert.Contains(problem, Problem([.. words.Skip(1)]), StringComparison.Ordinal);
    }

    /// <summary>Whole blocks, and of the sentences what has more than the program's or a command's name. In a sentence
    /// <c>migrate --record NAME</c> is <c>up</c> with this option.</summary>
    private static IEnumerable<(DocumentedCommand Command, string[] Words)> Lines() =>
        from command in DocumentedCommand.All
        from words in command.Programs()
        where words[0] is "migrate" or "flyway" && (command.InBlock || words.Count > 2 || words is [_, "completion" or "--help"])
        let line = words.Skip(1).ToArray()
        select (command, line is [['-', '-', ..], ..] and not ["--help" or "--version", ..] ? ["up", .. line] : line);

    /// <summary>The arguments of containers (<c>args: [...]</c>): those of <c>migrate</c> begin with a command.</summary>
    private static IEnumerable<(DocumentedCommand Command, string[] Words)> Arguments() =>
        from page in DocumentedCommand.Pages
        where page != "docs/pattern-lint.md"
        from match in ArgumentsPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
        select (new DocumentedCommand(page, 0, match.Value, InBlock: true), match.Groups["words"].Value.Split(", "));

    /// <summary>Why a command line is refused before anything is contacted; null where it is not.</summary>
    private static string? Problem(string[] words)
    {
        try
        {
            var command = new MigrateCommand(words, Variables);
            _ = command.Told("1.0.0") is null ? command.Read() : null;
            return null;
        }
        catch (Exception refusal) when (refusal is MigrationException or ConnectionException)
        {
            return refusal.Message;
        }
    }

    [GeneratedRegex(@"args: \[(?<words>(up|exec|migrate)\b[^\]]*)\]", RegexOptions.ExplicitCapture)]
    private static partial Regex ArgumentsPattern();
}
