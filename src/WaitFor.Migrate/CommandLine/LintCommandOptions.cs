using System.Globalization;
using WaitFor.Findings;
using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The options of <c>migrate lint</c> alone, and of <c>up --lint</c>.</summary>
internal static class LintCommandOptions
{

    /// <summary>Those that <c>up --lint</c> takes too.</summary>
    private static readonly string[] OfUp = ["--big-table", "--long", "--style", "--additive-only", "--quick"];

    private static readonly string[] All = ["--shadow", "--since", "--only", "--report", .. OfUp];

    /// <summary>Refuses an option that cannot be combined with a command.</summary>
    /// <param name="verb">The command.</param>
    /// <param name="isGiven">Whether an option is on the command line.</param>
    /// <param name="lintFirst">Whether <c>--lint</c> is on.</param>
    /// <exception cref="MigrationException">One is given.</exception>
    public static void Refuse(Verb verb, Func<string, bool> isGiven, bool lintFirst)
    {
        if (verb != Verb.Up && isGiven("--lint"))
            throw new MigrationException(
                ExitCode.Usage,
                "--lint works only with up; write migrate lint to judge scripts without running them"
            );
        foreach (var option in All.Where(isGiven))
        {
            if (verb != Verb.Lint && !(verb == Verb.Up && lintFirst && GoesWithUp(option)))
                throw new MigrationException(
                    ExitCode.Usage,
                    $"{option} works only with lint{(GoesWithUp(option) ? ", and with up --lint" : "")}"
                );
        }
    }

    private static bool GoesWithUp(string option) => Array.IndexOf(OfUp, option) >= 0;

    /// <summary>Reads and checks their values.</summary>
    /// <param name="text">The value of an option; null for none.</param>
    /// <param name="flag">The value of a flag.</param>
    /// <param name="values">The values of an option that may be given more than once.</param>
    /// <param name="wrong">The end for a wrong value.</param>
    /// <param name="output">The value of <c>--output</c>; null for none.</param>
    /// <param name="judges">False where none of them counts.</param>
    /// <exception cref="MigrationException">A value is wrong.</exception>
    public static LintSettings Read(
        Func<string, string?> text,
        Func<string, bool> flag,
        Func<string, IReadOnlyList<string>> values,
        Func<string, string, string, MigrationException> wrong,
        string? output,
        bool judges
    )
    {
        if (!judges)
            return new LintSettings();
        var (since, only, shadow) = (text("--since"), values("--only"), flag("--shadow"));
        if (since is not null && only.Count > 0)
            throw new MigrationException(ExitCode.Usage, "--since and --only cannot be combined; give one of them");
        if (shadow && flag("--quick"))
            throw new MigrationException(
                ExitCode.Usage,
                "--quick works only with a database that others use; a shadow database is used by nobody else"
            );
        var longWork = (TimeSpan?)null;
        if (text("--long") is { } duration)
            longWork = GoDuration.TryParse(duration, out var parsed, out var reason) ? parsed : throw wrong("--long", duration, reason!);
        var options = new LintOptions(Style: flag("--style"), AdditiveOnly: flag("--additive-only"), Long: longWork)
        {
            Shadow = shadow,
        };
        return new LintSettings
        {
            Shadow = shadow,
            Since = since is null ? null : Version(since) ?? throw wrong("--since", since, "write a version, such as 41, V41 or 1.2"),
            Only = only,
            Format = output switch
            {
                null or "text" => FindingsFormat.Text,
                "json" => FindingsFormat.Json,
                "github" => FindingsFormat.Github,
                "sarif" => FindingsFormat.Sarif,
                _ => throw new MigrationException(ExitCode.Usage, $"--output \"{output}\": write text, json, github or sarif"),
            },
            Report = text("--report"),
            Quick = flag("--quick"),
            Options = text("--big-table") is { } rows
                ? options with
                {
                    BigTable = long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : throw wrong("--big-table", rows, "write a number of rows, such as 100000"),
                }
                : options,
        };
    }

    /// <summary>With or without the prefix that file names have.</summary>
    private static MigrationVersion? Version(string text) =>
        MigrationVersion.Parse(text is ['V' or 'v', .. var digits] ? digits : text);
}
