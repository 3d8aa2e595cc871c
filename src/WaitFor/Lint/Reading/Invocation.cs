using WaitFor.Manifests;

namespace WaitFor.Lint.Reading;

/// <summary>A command that a container runs.</summary>
/// <param name="Words">The program and its arguments; the arguments alone where the image says which program it is.</param>
/// <param name="OfImage">True where the image's entrypoint is the program.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record Invocation(IReadOnlyList<string> Words, bool OfImage, ManifestNode Place)
{
    private const int MostLevels = 5;

    private static readonly HashSet<string> Shells = new(StringComparer.Ordinal) { "sh", "bash", "ash", "dash", "zsh", "ksh" };

    /// <summary>Programs that start another one, with how many words of their own follow them besides options.</summary>
    private static readonly Dictionary<string, int> Starters = new(StringComparer.Ordinal)
    {
        ["tini"] = 0,
        ["dumb-init"] = 0,
        ["env"] = 0,
        ["exec"] = 0,
        ["nohup"] = 0,
        ["time"] = 0,
        ["busybox"] = 0,
        ["timeout"] = 1,
        ["su-exec"] = 1,
        ["gosu"] = 1,
        ["catatonit"] = 0,
    };

    /// <summary>The program's name without its folder; empty where the image says it.</summary>
    public string Program => OfImage ? "" : FileName(Words[0]);

    /// <summary>The words behind the program.</summary>
    public IReadOnlyList<string> Arguments => OfImage ? Words : [.. Words.Skip(1)];

    /// <summary>All commands of a container: one, or those of the shell's script that it runs.</summary>
    /// <param name="container">The container.</param>
    /// <param name="variables">Its environment.</param>
    public static IReadOnlyList<Invocation> Of(LintContainer container, Variables variables)
    {
        var place = container.Node["args"] ?? container.Node["command"] ?? container.Node;
        var words = container.Command.Concat(container.Args).Select(variables.Expand).ToList();
        var found = new List<Invocation>();
        if (words.Count > 0)
            Add(new Invocation(words, container.Command.Count == 0, place), variables, 0, found);
        return found;
    }

    /// <summary>The last part of a path.</summary>
    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static void Add(Invocation one, Variables variables, int level, List<Invocation> found)
    {
        var words = Started(one.Words);
        if (words.Count == 0)
            return;
        // What an image starts by its own entrypoint may be a shell all the same: those of applications run what they are given.
        if (level < MostLevels && Script(words) is { } script)
        {
            foreach (var command in ShellLine.Commands(script, variables.InShell))
                Add(new Invocation(command, OfImage: false, one.Place), variables, level + 1, found);
            return;
        }

        found.Add(one with { Words = words, OfImage = one.OfImage && ReferenceEquals(words, one.Words) });
    }

    /// <summary>Leaves out the programs that only start another one.</summary>
    private static IReadOnlyList<string> Started(IReadOnlyList<string> words)
    {
        while (words.Count > 1 && Starters.TryGetValue(FileName(words[0]), out var own))
        {
            var (at, assigns) = (1, words[0].EndsWith("env", StringComparison.Ordinal));
            while (at < words.Count && (words[at].StartsWith('-') || (assigns && words[at].Contains('='))))
                at++;
            words = [.. words.Skip(at + own)];
        }

        return words;
    }

    /// <summary>The script of <c>sh -c SCRIPT</c>, also with other options; null where it is no such call.</summary>
    private static string? Script(IReadOnlyList<string> words)
    {
        if (!Shells.Contains(FileName(words[0])))
            return null;
        for (var at = 1; at < words.Count && words[at] is ['-' or '+', ..]; at++)
        {
            if (words[at] is ['-', not '-', ..] && words[at].EndsWith('o'))
                at++;
            else if (words[at] is ['-', not '-', ..] && words[at].Contains('c', StringComparison.Ordinal))
                return words.Skip(at + 1).FirstOrDefault(word => word is not ['-', ..]);
        }

        return null;
    }
}
