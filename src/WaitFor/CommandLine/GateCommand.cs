using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WaitFor.Process;
using WaitFor.Process.Help;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>The options of the gate: where their values come from, and which values are refused.</summary>
internal sealed class GateCommand
{
    private const string Prefix = "WAIT_FOR_";

    private static readonly string[] KubectlFormats = ["jsonpath", "go-template", "custom-columns"];

    private readonly Argument<string[]> _targets = new("TARGET") { Arity = ArgumentArity.ZeroOrMore };
    private readonly OptionSet _options = new(GateHelp.Options);

    private readonly Func<string, string?> _variable;
    private readonly IReadOnlyList<string> _variables;
    private readonly List<Note> _notes;
    private readonly string? _problem;
    private readonly string? _topic;
    private readonly ParseResult _parsed;
    private readonly OptionValues _values;
    private readonly LeadingWord _leading;
    private readonly string[] _words;
    private readonly bool _watchOff;

    /// <summary>kubectl's own words before the arguments of one of its commands.</summary>
    private enum LeadingWord
    {
        None = 0,
        Wait,
        RolloutStatus,
    }

    /// <summary>The names of the options that are on the command line.</summary>
    internal IEnumerable<string> Given() => Options.Select(option => option.Name).Where(name => _values.Given(name) is not null);

    /// <summary>Parses the arguments; refuses nothing yet.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <param name="variables">The names of all environment variables.</param>
    public GateCommand(IReadOnlyList<string> arguments, Func<string, string?> variable, IReadOnlyList<string>? variables = null)
    {
        (_variable, _variables) = (variable, variables ?? []);
        arguments = HelpPages.Plain(arguments);
        Rbac = arguments is ["rbac", ..];
        if (Rbac)
            arguments = [.. arguments.Skip(1)];
        _topic = HelpPages.TopicOf(arguments);
        var rewritten = WaitForForms.Rewrite(arguments);
        (_notes, _problem) = ([.. rewritten.Notes], ShellForm.Problem(arguments) ?? rewritten.Problem);
        var command = new Command("wait-for") { _targets };
        foreach (var option in Options)
            command.Add(option);
        // "@file" is a file of arguments to the library; here it is nothing special.
        _parsed = CommandLineParser.Parse(command, rewritten.Arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        _values = new OptionValues(_options, _parsed, Prefix, variable);
        (_leading, _words) = (_parsed.GetValue(_targets) ?? []) switch
        {
            ["wait", .. var rest] => (LeadingWord.Wait, rest),
            ["rollout", "status", .. var rest] => (LeadingWord.RolloutStatus, rest),
            var words => (LeadingWord.None, words),
        };
        _watchOff = rewritten.WatchOff;
    }

    /// <summary>All options, in the order of the help.</summary>
    internal IEnumerable<Option> Options => _options.All;

    /// <summary>True for <c>wait-for rbac</c>: the rights are printed, and there is no wait.</summary>
    public bool Rbac { get; }

    /// <summary>Help, a completion script or the version, where it is asked for; null where it is not, or not in the right
    /// way.</summary>
    /// <param name="version">The version.</param>
    public string? Told(string version) =>
        _values.IsOn("--help") ? HelpText.Pages.Of(_topic ?? TopicOfCommand)
        : _words is ["completion", .. var shell] ? GateHelp.Completion.Of(shell)
        : _values.IsOn("--version") ? VersionText.Of("wait-for", version)
        : null;

    /// <summary>The topic that <c>--help</c> behind a command means; null for the overview.</summary>
    private string? TopicOfCommand =>
        Rbac ? "permissions"
        : _leading != LeadingWord.None ? "kubectl"
        : _words is ["completion", ..] ? "completion"
        : null;

    /// <summary>How to talk to whoever started us; a wrong value is refused by <see cref="Read"/>.</summary>
    public OutputOptions Output =>
        new(
            Text("--output") == "json",
            Flag("--verbose") || int.TryParse(_variable("DEBUG"), CultureInfo.InvariantCulture, out var debug) && debug > 0,
            _values.TextOrEmpty("--termination-log") switch
            {
                null => File.Exists(TerminationMessage.DefaultPath) ? TerminationMessage.DefaultPath : null,
                "" => null,
                var path => path,
            }
        );

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="UsageException">A word, an option or a value is wrong.</exception>
    public GateOptions Read()
    {
        if (_values.IsOn("--help") && _topic is not null)
            throw new UsageException(HelpText.Pages.Problem(_topic));
        if (_words is ["completion", .. var shell])
            throw new UsageException(GateHelp.Completion.Problem(shell));
        if (_problem is not null)
            throw new UsageException(_problem);
        RefuseUnknown();
        if (
            Variables.Unknown(_variables, Prefix, [.. Options.Select(VariableOf)], "see wait-for --help for the options that have one") is
            { } unknown
        )
            throw new UsageException(unknown);
        if (Text("--output") is { } output and not ("text" or "json") && !IsKubectlFormat(output))
            throw Wrong("--output", output, "write text or json");

        if (!Rbac && _values.Given("--report") is not null)
            throw new UsageException("--report works only with wait-for rbac; a gate always reports, as far as its permissions allow");
        if (!Rbac && _values.Given("--service-account") is not null)
            throw new UsageException("--service-account works only with wait-for rbac; a gate takes its identity from the pod "
                + "or the kubeconfig");
        var (accountNamespace, account) = ReadServiceAccount();

        var allNamespaces = Flag("--all-namespaces");
        var @namespace = Text("--namespace");
        if (@namespace is not null && Names.ProblemOfNamespace(@namespace) is { } problem)
            throw Wrong("--namespace", @namespace, problem);
        // The rights for all namespaces are bound to a service account of one.
        if (allNamespaces && !Rbac && _values.Given("--namespace") is { } one)
            _notes.Add(new Note($"--all-namespaces counts, as in kubectl: --namespace {one} has no effect beside it", Warning: true));

        var files = Texts("--filename").ToList();
        if (files.Contains(""))
            throw Wrong("--filename", "", "write a file, a folder, or - for the standard input");
        if (files.Count == 0 && Flag("--recursive"))
            throw new UsageException("--recursive works only with --filename; remove it");
        if (files.Count > 0 && allNamespaces)
            throw new UsageException("--all-namespaces cannot be combined with --filename; each manifest says its namespace");
        var targets = ReadTargets(files);
        if (allNamespaces && targets.FirstOrDefault(target => target.Name is not null || target.AskedNamespace is not null) is { } named)
            throw new UsageException(
                $"--all-namespaces cannot be combined with the one object \"{named}\"; name its namespace with --namespace, or "
                    + "use a selector"
            );

        var (limit, once) = ReadTimeout();
        return new GateOptions
        {
            Targets = targets,
            Files = files,
            Recursive = Flag("--recursive"),
            Once = once,
            Namespace = @namespace,
            AllNamespaces = allNamespaces,
            ServiceAccount = account,
            ServiceAccountNamespace = accountNamespace,
            Report = Rbac && Flag("--report"),
            Timeout = limit,
            Kubeconfig = NotEmpty("--kubeconfig", "write the path of a file"),
            Context = NotEmpty("--context", "write the name of a context"),
            Access = AccessFlags.Read(this),
            Notes = _variable("WAIT_TIME") is { Length: > 0 }
                ?
                [
                    .. _notes,
                    new Note("WAIT_TIME is accepted and has no effect: changes come by a watch (see --poll-interval)", Warning: false),
                ]
                : _notes,
        };
    }

    /// <summary><c>NAME</c>, in the namespace of <c>-n</c>, or <c>NAMESPACE/NAME</c>.</summary>
    private (string? Namespace, string Name) ReadServiceAccount()
    {
        if (NotEmpty("--service-account", "write the name of a service account") is not { } text)
            return (null, "default");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (@namespace, name) = slash < 0 ? (null, text) : (text[..slash], text[(slash + 1)..]);
        if (((@namespace is null ? null : Names.ProblemOfNamespace(@namespace)) ?? Names.ProblemOfName(name)) is { } problem)
            throw Wrong("--service-account", text, problem);
        return (@namespace, name);
    }

    private void RefuseUnknown()
    {
        // The parser takes an option that it does not know for one more target.
        var words = _parsed.GetValue(_targets) ?? [];
        if (words.FirstOrDefault(word => word.StartsWith('-')) is { } unknown)
        {
            var name = unknown.Split('=')[0];
            if (name is "-we" or "-wr")
                throw new UsageException($"unknown option {name}: it belongs to the kind; write job{name} or pod{name}");
            var near = Similar.Nearest(name, Options.Select(option => option.Name).Concat(KubectlFlags.Names));
            throw new UsageException($"unknown option {name}: {(near is null ? "see wait-for --help" : $"write {near}")}");
        }

        if (_values.Problem() is { } problem)
            throw new UsageException(problem);
        if (_parsed.Errors is [var error, ..])
            throw new UsageException($"{error.Message.TrimEnd('.')}; see wait-for --help");
    }

    private IReadOnlyList<Target> ReadTargets(List<string> files)
    {
        var verbTolerance = _variable("TREAT_ERRORS_AS_READY") switch
        {
            null or "" or "0" => Tolerance.None,
            "1" => Tolerance.FailedEnd,
            "2" => Tolerance.IfSomeSucceeded,
            var other => throw new UsageException($"TREAT_ERRORS_AS_READY \"{other}\": write 0, 1 (as the suffix -we) or 2 (as -wr)"),
        };
        if (_words is ["rollout", ..])
            throw new UsageException($"\"{string.Join(' ', _words.Take(2))}\": a gate only waits; write rollout status");
        // kubectl's own commands mean exactly what they say.
        if (_leading != LeadingWord.None)
            verbTolerance = Tolerance.None;
        var set = ReadSet();
        if (files.Count > 0 && (_words.Length > 0 || set.Option is not null))
            throw new UsageException($"\"{(_words.Length > 0 ? _words[0] : set.Option)}\" cannot be combined with --filename; remove one");
        return TargetOptions.Apply(this, files.Count > 0 ? [] : TargetParser.Parse(_words, set, verbTolerance));
    }

    /// <summary>Gives the targets that manifests name what the options ask of them.</summary>
    /// <exception cref="UsageException">An option cannot be combined with one of them.</exception>
    public IReadOnlyList<Target> Asked(IReadOnlyList<Target> targets) => TargetOptions.Apply(this, targets);

    /// <summary>Which objects of a kind, where none is named.</summary>
    private AskedSet ReadSet()
    {
        var (selector, fields, all) = (Text("--selector")?.Trim(), Text("--field-selector")?.Trim(), Flag("--all"));
        if (all && selector is not null)
            throw new UsageException($"--all and --selector \"{selector}\" cannot be combined; remove one");
        return new AskedSet(selector, fields, all, Anywhere: all || Flag("--all-namespaces") || Text("--namespace") is not null);
    }

    /// <summary>In k8s-wait-for's form <c>-o</c> is kubectl's, and without effect on a gate.</summary>
    private bool IsKubectlFormat(string format) =>
        (_leading != LeadingWord.None || (_words is [var verb, ..] && verb.AsSpan().IndexOfAny('/', ':') < 0))
        && (format is "wide" or "name" or "yaml" || KubectlFormats.Any(prefix => format.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>A duration of at most a day: longer ones are typos, and timers end at 49 days.</summary>
    internal TimeSpan Duration(string option, TimeSpan none)
    {
        if (Text(option) is not { } text)
            return none;
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw Wrong(option, text, reason!);
        return duration <= TimeSpan.FromDays(1) ? duration : throw Wrong(option, text, "write 24h or less");
    }

    /// <summary>The limit of one look: as long as an answer may take.</summary>
    private static readonly TimeSpan OneAnswer = TimeSpan.FromSeconds(30);

    /// <summary>Behind kubectl's own words a time-out is read as kubectl reads it.
    /// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_wait/"/>,
    /// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_status/"/></summary>
    /// <returns>Zero for no limit; once: the state is looked at once.</returns>
    private (TimeSpan Limit, bool Once) ReadTimeout()
    {
        var once = _leading == LeadingWord.RolloutStatus && _watchOff;
        if (Text("--timeout") is not { } text)
            return (
                _leading switch
                {
                    LeadingWord.Wait => TimeSpan.FromSeconds(30),
                    LeadingWord.RolloutStatus => once ? OneAnswer : TimeSpan.Zero,
                    _ => TimeSpan.FromMinutes(10),
                },
                once
            );
        var isWait = _leading == LeadingWord.Wait;
        if (isWait && text.StartsWith('-') && GoDuration.TryParse(text[1..], out _, out _))
            return (TimeSpan.FromDays(7), once);
        if (!GoDuration.TryParse(text, out var timeout, out var reason))
            throw Wrong("--timeout", text, reason!);
        // The longest time that a timer takes (49 days); who asks for more means no limit.
        var limit = timeout.TotalMilliseconds < uint.MaxValue - 1 ? timeout : TimeSpan.Zero;
        once |= isWait && timeout == TimeSpan.Zero;
        return (once && limit == TimeSpan.Zero ? OneAnswer : limit, once);
    }

    /// <summary>The value of an option that must not be empty; null where it is not given.</summary>
    /// <exception cref="UsageException">It is given and empty.</exception>
    internal string? NotEmpty(string option, string what) => Text(option) is "" ? throw Wrong(option, "", what) : Text(option);

    /// <summary>What is wrong with a value, named as it was given.</summary>
    internal UsageException Wrong(string option, string value, string what) =>
        new($"{_values.SourceOf(option)} \"{value}\": {what}");

    /// <summary>The variable that stands for an option: <c>WAIT_FOR_ON_MISSING</c>.</summary>
    internal static string VariableOf(Option option) => OptionValues.VariableOf(Prefix, option);

    /// <inheritdoc cref="OptionValues.Text"/>
    internal string? Text(string option) => _values.Text(option);

    /// <inheritdoc cref="OptionValues.Texts"/>
    internal IReadOnlyList<string> Texts(string option) => _values.Texts(option);

    /// <inheritdoc cref="OptionValues.Flag"/>
    internal bool Flag(string option) => _values.Flag(option);
}
