using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>Answers <c>sh -c "wait_for.sh A &amp;&amp; wait_for.sh B"</c>: the image has no shell, and one gate waits for all of
/// it.</summary>
internal static class ShellForm
{
    private static readonly string[] Shells = ["sh", "bash", "ash", "dash"];
    private static readonly string[] Gates = ["wait_for.sh", "wait-for"];

    /// <summary>What to write in place of a shell; null where the arguments do not call one.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    public static string? Problem(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || !Shells.Contains(FileName(arguments[0]), StringComparer.Ordinal))
            return null;
        var words = arguments is [_, .., var script] ? InOurs(script) : null;
        var instead = words is null
            ? "write all targets as arguments, such as args: [job/NAME, pod:SELECTOR]"
            : $"write args: [{string.Join(", ", words.Select(word => $"\"{word}\""))}], all of which must be ready";
        return $"\"{arguments[0]}\": there is no shell in this image; {instead}; or use the image wait-for-shell, which has one";
    }

    /// <summary>The script's commands as one argument list; null where it does more than wait.</summary>
    private static List<string>? InOurs(string script)
    {
        var targets = new List<string>();
        foreach (var command in script.Split(["&&", ";", "\n"], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Words(command) is not [var gate, .. var arguments] || !Gates.Contains(FileName(gate), StringComparer.Ordinal))
                return null;
            if (Read(arguments) is not { } options)
                return null;
            targets.AddRange(options.Targets.Select(target => Word(target, target.AskedNamespace ?? options.Namespace)));
        }

        return targets.Count > 0 ? targets : null;
    }

    /// <summary>A command that names targets and nothing that would get lost; null for another one.</summary>
    private static GateOptions? Read(IReadOnlyList<string> arguments)
    {
        try
        {
            var command = new GateCommand(arguments, _ => null);
            return command.Given().All(name => name is "--namespace" or "--selector") ? command.Read() : null;
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private static string Word(Target target, string? @namespace) => $"{(@namespace is null ? "" : @namespace + "/")}{target}";

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Splits a command at blanks as a shell does, with its two kinds of quotes; null where it has more of a shell's
    /// syntax.</summary>
    private static List<string>? Words(string command)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quote, begun) = ('\0', false);
        foreach (var unit in command)
        {
            if (quote != '\0' && unit == quote)
                quote = '\0';
            else if (quote == '\0' && unit is '"' or '\'')
                (quote, begun) = (unit, true);
            else if (quote != '\'' && unit is '$' or '`' or '\\')
                return null;
            else if (quote == '\0' && unit is '|' or '&' or '<' or '>' or '#')
                return null;
            else if (quote == '\0' && char.IsWhiteSpace(unit))
                Flush();
            else
                (_, begun) = (word.Append(unit), true);
        }

        Flush();
        return quote == '\0' ? words : null;

        void Flush()
        {
            if (begun)
                words.Add(word.ToString());
            word.Clear();
            begun = false;
        }
    }
}
