using System.CommandLine;
using System.Globalization;
using WaitFor.Findings;
using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The options of <c>migrate lint</c> alone, and of <c>up --lint</c>.</summary>
internal sealed class LintCommandOptions
{
    private readonly Option<bool> _shadow = new("--shadow");
    private readonly Option<string> _since = new("--since");
    private readonly Option<string[]> _only = new("--only");
    private readonly Option<string> _report = new("--report");
    private readonly Option<string> _bigTable = new("--big-table");
    private readonly Option<string> _long = new("--long");
    private readonly Option<bool> _style = new("--style");
    private readonly Option<bool> _additiveOnly = new("--additive-only");
    private readonly Option<bool> _quick = new("--quick");

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_shadow, _since, _only, _report, _bigTable, _long, _style, _additiveOnly, _quick];

    /// <summary>Refuses an option that cannot be combined with a command.</summary>
    /// <param name="verb">The command.</param>
    /// <param name="isGiven">Whether an option is on the command line.</param>
    /// <param name="lintFirst">The option <c>--lint</c>, and whether it is on.</param>
    /// <exception cref="MigrationException">One is given.</exception>
    public void Refuse(Verb verb, Func<Option, bool> isGiven, (Option Option, bool On) lintFirst)
    {
        if (verb != Verb.Up && isGiven(lintFirst.Option))
            throw new MigrationException(
                ExitCode.Usage,
                "--lint works only with up; write migrate lint to judge scripts without running them"
            );
        foreach (var option in All.Where(isGiven))
        {
            if (verb != Verb.Lint && !(verb == Verb.Up && lintFirst.On && GoesWithUp(option)))
                throw new MigrationException(
                    ExitCode.Usage,
                    $"{option.Name} works only with lint{(GoesWithUp(option) ? ", and with up --lint" : "")}"
                );
        }
    }

    private bool GoesWithUp(Option option) =>
        option == _bigTable || option == _long || option == _style || option == _additiveOnly || option == _quick;

    /// <summary>Reads and checks their values.</summary>
    /// <param name="text">The value of an option; null for none.</param>
    /// <param name="flag">The value of a flag.</param>
    /// <param name="values">The values of an option that may be given more than once.</param>
    /// <param name="wrong">The end for a wrong value.</param>
    /// <param name="output">The value of <c>--output</c>; null for none.</param>
    /// <param name="judges">False where none of them counts.</param>
    /// <exception cref="MigrationException">A value is wrong.</exception>
    public LintSettings Read(
        Func<Option<string>, string?> text,
        Func<Option<bool>, bool> flag,
        Func<Option<string[]>, IReadOnlyList<string>> values,
        Func<Option, string, string, MigrationException> wrong,
        string? output,
        bool judges
    )
    {
        if (!judges)
            return new LintSettings();
        var (since, only, shadow) = (text(_since), values(_only), flag(_shadow));
        if (since is not null && only.Count > 0)
            throw new MigrationException(ExitCode.Usage, "--since and --only cannot be combined; give one of them");
        if (shadow && flag(_quick))
            throw new MigrationException(
                ExitCode.Usage,
                "--quick works only with a database that others use; a shadow database is used by nobody else"
            );
        var longWork = (TimeSpan?)null;
        if (text(_long) is { } duration)
            longWork = GoDuration.TryParse(duration, out var parsed, out var reason) ? parsed : throw wrong(_long, duration, reason!);
        var options = new LintOptions(Style: flag(_style), AdditiveOnly: flag(_additiveOnly), Long: longWork)
        {
            Shadow = shadow,
        };
        return new LintSettings
        {
            Shadow = shadow,
            Since = since is null ? null : Version(since) ?? throw wrong(_since, since, "write a version, such as 41, V41 or 1.2"),
            Only = only,
            Format = output switch
            {
                null or "text" => FindingsFormat.Text,
                "json" => FindingsFormat.Json,
                "github" => FindingsFormat.Github,
                "sarif" => FindingsFormat.Sarif,
                _ => throw new MigrationException(ExitCode.Usage, $"--output \"{output}\": write text, json, github or sarif"),
            },
            Report = text(_report),
            Quick = flag(_quick),
            Options = text(_bigTable) is { } rows
                ? options with
                {
                    BigTable = long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : throw wrong(_bigTable, rows, "write a number of rows, such as 100000"),
                }
                : options,
        };
    }

    /// <summary>With or without the prefix that file names have.</summary>
    private static MigrationVersion? Version(string text) =>
        MigrationVersion.Parse(text is ['V' or 'v', .. var digits] ? digits : text);
}
