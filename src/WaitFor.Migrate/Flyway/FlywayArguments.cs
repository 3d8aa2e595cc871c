namespace WaitFor.Migrate.Flyway;

/// <summary>Flyway's words on the command line, taken out from between ours: <c>[flyway] [options] VERB... [options]</c>, an option as
/// <c>-name=value</c>. <see href="https://documentation.red-gate.com/fd/command-line-184127404.html"/></summary>
internal sealed class FlywayArguments
{
    private static readonly string[] Verbs =
    [
        "up", "migrate", "info", "validate", "baseline", "repair", "clean", "undo", "check", "snapshot", "plan", "exec", "wait", "lint",
        "help",
    ];

    private static readonly string[] Editions = ["-community", "-teams", "-pro", "-enterprise"];

    /// <summary>Takes them out.</summary>
    /// <param name="arguments">The arguments before the first <c>--</c>.</param>
    /// <param name="program">What the program was called, without a folder.</param>
    /// <param name="takesValue">True for an option of ours whose value is the next word.</param>
    /// <exception cref="MigrationException">A word with one dash is none of the options.</exception>
    public FlywayArguments(IEnumerable<string> arguments, string program, Func<string, bool> takesValue)
    {
        var words = arguments.ToList();
        if (words is ["flyway", ..])
            words.RemoveAt(0);
        Named = program == "flyway" || words.Count < arguments.Count();
        for (var at = 0; at < words.Count; at++)
        {
            var word = words[at];
            if (word == "-n" && IsPromptFlag(words, at))
                Notes.Add("-n: no effect: migrate never asks for input");
            else if (takesValue(word))
            {
                Ours.Add(word);
                if (++at < words.Count)
                    Ours.Add(words[at]);
            }
            else if (word.IndexOf('=') is > 2 and var equals && word[0] == '-' && word[1] != '-')
                Options.Add((word[1..equals], word[(equals + 1)..]));
            else if (word is "-X" or "-q")
                (Debug, Quiet) = (Debug || word == "-X", Quiet || word == "-q");
            else if (word is "-?" or "-h" or "--help")
                Help = true;
            else if (word == "-migrationIds")
                MigrationIds = true;
            else if (Array.IndexOf(Editions, word) >= 0)
                Notes.Add($"{word}: migrate has no editions");
            else if (!string.IsNullOrWhiteSpace(word))
                Ours.Add(word);
        }
    }

    /// <summary>True where the program, or the first word, is <c>flyway</c>.</summary>
    public bool Named { get; }

    /// <summary>The other words, in order.</summary>
    public List<string> Ours { get; } = [];

    /// <summary>The options, in order, without the dash.</summary>
    public List<(string Name, string Value)> Options { get; } = [];

    /// <summary>What was accepted and has no effect, each with the reason.</summary>
    public List<string> Notes { get; } = [];

    /// <summary><c>-X</c>.</summary>
    public bool Debug { get; }

    /// <summary><c>-q</c>.</summary>
    public bool Quiet { get; }

    /// <summary><c>-?</c> and the like.</summary>
    public bool Help { get; }

    /// <summary>info prints nothing but versions.</summary>
    public bool MigrationIds { get; }

    /// <summary>What stands for an unknown word with one dash; null where it is nothing of Flyway's.</summary>
    public static string? InsteadOf(string word) =>
        word is ['-', not '-', _, ..] && FlywaySettingsTable.Nearest(word[1..].Split('=')[0], row => row.Name) is { } near
            ? $"write -{near}=VALUE"
            : null;

    /// <summary>Flyway's <c>-n</c> (no prompts), and not our <c>-n NAMESPACE</c>: nothing, an option or the only verb follows.</summary>
    private bool IsPromptFlag(List<string> words, int at) =>
        Named
        || at + 1 == words.Count
        || words[at + 1].StartsWith('-')
        || (Array.IndexOf(Verbs, words[at + 1]) >= 0
            && words.Where((_, index) => index != at + 1).All(word => Array.IndexOf(Verbs, word) < 0));
}
