using System.CommandLine;
using WaitFor.Process;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The commands, and advice for a word that is not known.</summary>
internal static class CommandWords
{
    /// <summary>The command of a word.</summary>
    /// <exception cref="MigrationException">It is none.</exception>
    public static Verb Read(string word) =>
        word switch
        {
            "up" or "migrate" => Verb.Up,
            "exec" => Verb.Exec,
            "plan" => Verb.Plan,
            "info" => Verb.Info,
            "validate" => Verb.Validate,
            "baseline" => Verb.Baseline,
            "repair" => Verb.Repair,
            "clean" => Verb.Clean,
            "wait" => Verb.Wait,
            "lint" => Verb.Lint,
            "undo" or "check" or "snapshot" => throw Usage($"{word} is not supported, as in Flyway's free edition; see migrate --help"),
            _ when word.Contains("://", StringComparison.Ordinal) =>
                throw Usage("one word is expected, not a URL; give it with --url, and see migrate --help"),
            _ => throw Usage($"\"{word}\" is not a command; {InsteadOf(word)}"),
        };

    /// <summary>What to write for a word that is no command: other tools' words, and typos.</summary>
    private static string InsteadOf(string word) =>
        word.ToLowerInvariant() switch
        {
            "status" or "history" or "list" or "show" => "write info",
            "apply" or "deploy" or "run" or "upgrade" or "latest" => "write up",
            "down" or "rollback" or "revert" or "downgrade" =>
                "no command reverts a migration; write a new script that does, and apply it with up",
            "new" or "create" or "generate" => "a script is a file that you write, such as sql/V2__add_column.sql",
            var lower => Similar.Nearest(lower, MigrateHelp.Commands.Select(row => row.Word)) is { } near
                ? $"write {near}"
                : "write one of up, exec, plan, info, validate, baseline, repair, clean, wait and lint",
        };

    /// <summary>What to write for an option that there is not: Flyway's <c>-baselineOnMigrate</c>, or one with an s too few.</summary>
    public static string InsteadOf(string unknown, IReadOnlyList<Option> options)
    {
        var word = Letters(unknown);
        if (word is "password")
            return "give the password by FLYWAY_PASSWORD or PGPASSWORD (or ..._FILE), which no process list shows";
        var near = options.FirstOrDefault(option => word.Length > 1 && Letters(option.Name) == word)
            ?? options.FirstOrDefault(option =>
                word.Length > 3
                && (
                    Letters(option.Name).StartsWith(word, StringComparison.Ordinal)
                    || word.StartsWith(Letters(option.Name), StringComparison.Ordinal)
                )
            );
        return (near?.Name ?? Similar.Nearest(unknown, options.Select(option => option.Name))) is { } name
            ? $"write {name}"
            : "see migrate --help";

        static string Letters(string option) => option.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    private static MigrationException Usage(string message) => new(ExitCode.Usage, message);
}
