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

    private const string Selector = "--selector";
    private const string Token = "--token";

    /// <summary>Of these kubectl takes the last one. It takes most of them empty too, as if they were not given.</summary>
    private static readonly string[] Single =
    [
        Selector,
        "--namespace",
        "--field-selector",
        "--kubeconfig",
        "--context",
        "--cluster",
        "--user",
        "--server",
        Token,
        "--certificate-authority",
        "--tls-server-name",
        "--as",
        "--as-uid",
        "--request-timeout",
        "--output",
        "--timeout",
    ];

    private readonly IReadOnlyList<string> _arguments;

    /// <summary>True where the words are kubectl's: behind a kind, <c>wait</c> or <c>rollout</c>.</summary>
    private readonly bool _kubectl;
    private readonly List<string> _rewritten = [];
    private readonly List<Note> _notes = [];

    /// <summary>Where the values of kubectl's options are in what was rewritten.</summary>
    private readonly Dictionary<string, int> _given = new(StringComparer.Ordinal);

    /// <summary>Options without a value, by their long names, and whether they are on: of kubectl's the last one counts.</summary>
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);
    private string? _problem;
    private bool _watchOff;

    private WaitForForms(IReadOnlyList<string> arguments)
    {
        _arguments = arguments;
        _kubectl = arguments.Any(word => word is "wait" or "rollout" || TargetParser.IsVerb(word));
    }

    /// <summary>True for an option that has no value; false for one that has, and for one that is not known.</summary>
    /// <param name="name">The name as it was written, without a value.</param>
    public static bool TakesNoValue(string name) =>
        Flags.Contains(name, StringComparer.Ordinal) || KubectlFlags.Find(name) is { TakesValue: false };

    /// <summary>Rewrites the arguments.</summary>
    public static Rewritten Rewrite(IReadOnlyList<string> arguments)
    {
        var words = PeerWords.Split(arguments).ToList();
        var (forms, rest) = (new WaitForForms(words), new List<string>());
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--")
            {
                rest = words[i..];
                break;
            }

            // As kubectl reads them: -Aw is -A -w, and -wlapp=db is -w -lapp=db. -we has a message of its own.
            if (forms._kubectl && words[i] is ['-', 'A' or 'w', not ('-' or '='), ..] and not ("-we" or "-wr"))
            {
                words.Insert(i + 1, $"-{words[i][2..]}");
                words[i] = words[i][..2];
            }

            i += forms.Take(i);
        }

        var on = forms._flags.Where(flag => flag.Value).Select(flag => flag.Key);
        return new Rewritten([.. forms._rewritten, .. on, .. rest], forms._notes, forms._problem, forms._watchOff);
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

        if (Flags.Contains(name, StringComparer.Ordinal) && (value is not null || (_kubectl && !IsHelp(name))))
            return Flag(name, value ?? "true");
        if (KubectlFlags.Find(name) is { } flag)
            return Kubectl(flag, name, value, next);
        if (argument is ['-', not '-', not '=', ..] && KubectlFlags.Find(argument[..2]) is { TakesValue: true } attached)
            return Kubectl(attached, argument[..2], argument[2..], next: null);
        if (argument is ['-', var letter, not '=', ..] && ShortWithValue.Contains(letter, StringComparison.Ordinal))
            return Option(argument[..2], argument[2..], 0);
        if (Single.Contains(LongName(name), StringComparer.Ordinal) && (value ?? next) is { } given)
            return Option(name, given, value is null ? 1 : 0);
        // "--termination-log=" is an empty value, which the parser would miss.
        return value is "" && argument.StartsWith("--", StringComparison.Ordinal) ? Option(name, "", 0) : Word(argument);
    }

    private int Word(string argument)
    {
        _rewritten.Add(argument);
        return 0;
    }

    /// <summary>An option and its value; a second one of kubectl's takes the place of the first.</summary>
    private int Option(string name, string value, int taken)
    {
        var longName = LongName(name);
        if (_kubectl && value.Length == 0 && longName is not (Selector or "--field-selector" or "--timeout") && IsKubectls(longName))
        {
            _notes.Add(new Note($"{longName} is empty: it counts as not given, as in kubectl", Warning: false));
            return taken;
        }

        if (_given.TryGetValue(longName, out var before) && IsKubectls(longName))
        {
            if (!string.Equals(_rewritten[before].Trim(), value.Trim(), StringComparison.Ordinal))
                _notes.Add(new Note(Replaces(longName, _rewritten[before].Trim(), value.Trim()), Warning: true));
            _rewritten[before] = value;
            return taken;
        }

        _given[longName] = _rewritten.Count + 1;
        _rewritten.Add(name);
        _rewritten.Add(value);
        return taken;
    }

    /// <summary>A selector is one in every form; elsewhere a second value is refused.</summary>
    private bool IsKubectls(string longName) => longName == Selector || (_kubectl && Single.Contains(longName, StringComparer.Ordinal));

    private static string Replaces(string longName, string before, string value) =>
        $"of several {longName} the last one counts, as in kubectl"
        + longName switch
        {
            Token => "",
            Selector => $": \"{value}\" replaces \"{before}\"; to ask for both write {Selector} \"{before},{value}\"",
            _ => $": \"{value}\" replaces \"{before}\"",
        };

    private static string LongName(string name) =>
        name switch
        {
            "-l" => Selector,
            "-n" => "--namespace",
            "-s" => "--server",
            "-o" => "--output",
            "-A" => "--all-namespaces",
            "-R" => "--recursive",
            "-v" => "--verbose",
            _ => name,
        };

    private int Flag(string name, string value)
    {
        if (value is "true" or "false" && _kubectl)
            _flags[LongName(name)] = value == "true";
        else if (value == "true")
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
        else if (level >= RequestsShown)
            _flags["--verbose"] = true;
        return 0;
    }

    /// <summary>What may have a word behind it that is its own.</summary>
    private static bool IsHelp(string name) => name is "-h" or "--help" or "--version";

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
