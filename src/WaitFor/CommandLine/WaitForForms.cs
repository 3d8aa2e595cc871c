using System.Globalization;

namespace WaitFor.CommandLine;

/// <summary>A line for the log about the command line.</summary>
/// <param name="Text">What was accepted, and what became of it.</param>
/// <param name="Warning">True: it may not be what was meant.</param>
internal sealed record Note(string Text, bool Warning);

/// <summary>The command line in our form, and what had to be said about it.</summary>
/// <param name="Arguments">Arguments for the parser.</param>
/// <param name="Notes">Lines for the log.</param>
/// <param name="Problem">What cannot be rewritten, and why; null when all can.</param>
/// <param name="WatchOff">True: <c>--watch=false</c> is among them.</param>
internal sealed record Rewritten(IReadOnlyList<string> Arguments, IReadOnlyList<Note> Notes, string? Problem, bool WatchOff);

/// <summary>The pure step in front of the parser: turns the forms of k8s-wait-for and of kubectl's own arguments into ours.</summary>
internal sealed class WaitForForms
{
    /// <summary>The lowest level of kubectl's <c>--v</c> that shows requests.
    /// <see href="https://kubernetes.io/docs/reference/kubectl/quick-reference/#kubectl-output-verbosity-and-debugging"/></summary>
    private const int RequestsShown = 6;

    /// <summary>Short options whose value may follow in the same word, as with kubectl: <c>-lapp=db</c>, <c>-nshop</c>,
    /// <c>-ojson</c>.</summary>
    private const string ShortWithValue = "lnosf";

    /// <summary>Options without a value, and what they are called when one is given all the same: <c>--all-namespaces=true</c>.</summary>
    private static readonly string[] Flags =
    [
        "-v",
        "--verbose",
        "-A",
        "--all-namespaces",
        "--all",
        "-R",
        "--recursive",
        "--fail-fast",
        "--record-write",
        "--insecure-skip-tls-verify",
        "-h",
        "--help",
        "--version",
    ];

    /// <summary>Of these kubectl takes the last one.</summary>
    private static readonly string[] Selectors = ["-l", "--selector"];

    private readonly IReadOnlyList<string> _arguments;
    private readonly List<string> _rewritten = [];
    private readonly List<Note> _notes = [];
    private string? _problem;
    private int _selector = -1;
    private bool _watchOff;

    private WaitForForms(IReadOnlyList<string> arguments) => _arguments = arguments;

    /// <summary>Rewrites the arguments.</summary>
    public static Rewritten Rewrite(IReadOnlyList<string> arguments)
    {
        var forms = new WaitForForms(arguments);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--")
            {
                forms._rewritten.AddRange(arguments.Skip(i));
                break;
            }

            i += forms.Take(i);
        }

        return new Rewritten(forms._rewritten, forms._notes, forms._problem, forms._watchOff);
    }

    /// <summary>Rewrites one argument.</summary>
    /// <returns>How many of the words behind it belong to it.</returns>
    private int Take(int at)
    {
        var argument = _arguments[at];
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals > 0 ? argument[..equals] : argument;
        var value = equals > 0 ? argument[(equals + 1)..] : null;
        var next = at + 1 < _arguments.Count ? _arguments[at + 1] : null;

        if (argument is ['-', 'v', >= '0' and <= '9', ..])
            return Level("-v", argument[2..]);
        if (name == "--v")
            return Level(name, value ?? next ?? "") + (value is null && next is not null ? 1 : 0);
        if (name == "-v" && (value is not null ? IsLevel(value) : next is not null && IsLevel(next)))
            return Level(name, value ?? next!) + (value is null ? 1 : 0);

        if (value is not null && Flags.Contains(name, StringComparer.Ordinal))
            return Flag(name, value);
        if (KubectlFlags.Find(name) is { } flag)
            return Kubectl(flag, name, value, next);
        if (argument is ['-', var letter, not '=', ..] && ShortWithValue.Contains(letter, StringComparison.Ordinal))
            return Option(argument[..2], argument[2..], 0);
        if (Selectors.Contains(name, StringComparer.Ordinal))
            return value is null && next is not null ? Option(name, next, 1)
                : value is null ? Word(argument)
                : Option(name, value, 0);
        // "--termination-log=" is an empty value, which the parser would miss.
        return value is "" && argument.StartsWith("--", StringComparison.Ordinal) ? Option(name, "", 0) : Word(argument);
    }

    private int Word(string argument)
    {
        _rewritten.Add(argument);
        return 0;
    }

    /// <summary>An option and its value; a second selector takes the place of the first.</summary>
    private int Option(string name, string value, int taken)
    {
        if (Selectors.Contains(name, StringComparer.Ordinal))
        {
            if (_selector >= 0)
            {
                if (!string.Equals(_rewritten[_selector].Trim(), value.Trim(), StringComparison.Ordinal))
                    _notes.Add(
                        new Note(
                            $"of several --selector the last one counts, as in kubectl: \"{value.Trim()}\" replaces "
                                + $"\"{_rewritten[_selector].Trim()}\"; to ask for both write --selector "
                                + $"\"{_rewritten[_selector].Trim()},{value.Trim()}\"",
                            Warning: true
                        )
                    );
                _rewritten[_selector] = value;
                return taken;
            }

            _selector = _rewritten.Count + 1;
        }

        _rewritten.Add(name);
        _rewritten.Add(value);
        return taken;
    }

    private int Flag(string name, string value)
    {
        if (value == "true")
            _rewritten.Add(name);
        else if (value != "false")
            _problem ??= $"{name} \"{value}\": it takes no value; write {name}";
        return 0;
    }

    /// <summary>kubectl's <c>-v</c> takes a level.</summary>
    private int Level(string name, string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var level))
            _problem ??= $"{name} \"{text}\": it is not a level; write -v, or a whole number ({RequestsShown} or more shows requests)";
        else if (level >= RequestsShown && !_rewritten.Contains("--verbose", StringComparer.Ordinal))
            _rewritten.Add("--verbose");
        return 0;
    }

    private static bool IsLevel(string text) => text.Length is 1 or 2 && text.All(char.IsAsciiDigit);

    private int Kubectl(KubectlFlag flag, string name, string? value, string? next)
    {
        if (flag.Instead is { } instead)
            _problem ??= $"unknown option {name}: {instead}";
        else if (!flag.TakesValue && value is not (null or "true" or "false"))
            _problem ??= $"{name} \"{value}\": it takes no value; write {name}, or leave it out: it has no effect on a gate";
        _watchOff |= flag.Name == "--watch" && value == "false";
        return flag.TakesValue && value is null && next is not null ? 1 : 0;
    }
}
