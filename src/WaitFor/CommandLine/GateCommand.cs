using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WaitFor.Process;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>The options of the gate: what they are called, where their values come from, and which values are refused.</summary>
internal sealed class GateCommand
{
    private const string Prefix = "WAIT_FOR_";

    private static readonly string[] KubectlFormats = ["jsonpath", "go-template", "custom-columns"];

    private readonly Argument<string[]> _targets = new("TARGET") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _namespace = new("--namespace", "-n");
    private readonly Option<bool> _allNamespaces = new("--all-namespaces", "-A");
    private readonly Option<string> _selector = new("--selector", "-l");
    private readonly Option<string> _fieldSelector = new("--field-selector");
    private readonly Option<bool> _all = new("--all");
    private readonly Option<string> _timeout = new("--timeout");
    private readonly Option<string> _onMissing = new("--on-missing");
    private readonly Option<string[]> _expectLabel = new("--expect-label");
    private readonly Option<string[]> _expectImage = new("--expect-image");
    private readonly Option<string> _record = new("--record");
    private readonly Option<bool> _recordWrite = new("--record-write");
    private readonly Option<string> _minReady = new("--min-ready");
    private readonly Option<string> _stableFor = new("--stable-for");
    private readonly Option<string> _pollInterval = new("--poll-interval");
    private readonly Option<string> _kubeconfig = new("--kubeconfig");
    private readonly Option<string> _context = new("--context");
    private readonly AccessFlags _access = new();
    private readonly Option<string> _serviceAccount = new("--service-account");
    private readonly Option<bool> _report = new("--report");
    private readonly Option<string> _output = new("--output", "-o");
    private readonly Option<string> _terminationLog = new("--termination-log");
    private readonly Option<bool> _verbose = new("--verbose", "-v");
    private readonly Option<bool> _help = new("--help", "-h");
    private readonly Option<bool> _version = new("--version");

    private readonly Func<string, string?> _variable;
    private readonly IReadOnlyList<string> _variables;
    private readonly List<Note> _notes;
    private readonly string? _problem;
    private readonly ParseResult _parsed;

    /// <summary>The names of the options that are on the command line.</summary>
    internal IEnumerable<string> Given() => Options.Where(option => Given(option) is not null).Select(option => option.Name);

    /// <summary>Parses the arguments; refuses nothing yet.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <param name="variables">The names of all environment variables.</param>
    public GateCommand(IReadOnlyList<string> arguments, Func<string, string?> variable, IReadOnlyList<string>? variables = null)
    {
        (_variable, _variables) = (variable, variables ?? []);
        Rbac = arguments is ["rbac", ..];
        if (Rbac)
            arguments = [.. arguments.Skip(1)];
        (var rewritten, var notes, _problem) = WaitForForms.Rewrite(arguments);
        (_notes, _problem) = ([.. notes], ShellForm.Problem(arguments) ?? _problem);
        var command = new Command("wait-for") { _targets };
        foreach (var option in Options)
            command.Add(option);
        // "@file" is a file of arguments to the library; here it is nothing special.
        _parsed = CommandLineParser.Parse(command, rewritten, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    /// <summary>All options, in the order of the help.</summary>
    internal IEnumerable<Option> Options =>
        [
            _namespace,
            _allNamespaces,
            _selector,
            _fieldSelector,
            _all,
            _timeout,
            _onMissing,
            _expectLabel,
            _expectImage,
            _record,
            _recordWrite,
            _minReady,
            _stableFor,
            _pollInterval,
            _kubeconfig,
            _context,
            .. _access.All,
            _serviceAccount,
            _report,
            _output,
            _terminationLog,
            _verbose,
            _help,
            _version,
        ];

    /// <summary>True for <c>wait-for rbac</c>: the rights are printed, nothing is waited for.</summary>
    public bool Rbac { get; }

    /// <summary>True when help was asked for.</summary>
    public bool Help => _parsed.GetValue(_help);

    /// <summary>True when the version was asked for.</summary>
    public bool Version => _parsed.GetValue(_version);

    /// <summary>How to talk to whoever started us; a wrong value is refused by <see cref="Read"/>.</summary>
    public OutputOptions Output =>
        new(
            Text(_output) == "json",
            Flag(_verbose) || int.TryParse(_variable("DEBUG"), CultureInfo.InvariantCulture, out var debug) && debug > 0,
            (Given(_terminationLog) ?? _variable(VariableOf(_terminationLog))) switch
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
        if (_problem is not null)
            throw new UsageException(_problem);
        RefuseUnknown();
        if (
            Variables.Unknown(_variables, Prefix, [.. Options.Select(VariableOf)], "see wait-for --help for the options that have one") is
            { } unknown
        )
            throw new UsageException(unknown);
        if (Text(_output) is { } output and not ("text" or "json") && !IsKubectlFormat(output))
            throw Wrong(_output, output, "write text or json");

        if (!Rbac && Given(_report) is not null)
            throw new UsageException("--report goes with wait-for rbac; a gate always reports, as far as it may read");
        if (!Rbac && Given(_serviceAccount) is not null)
            throw new UsageException("--service-account goes with wait-for rbac; a gate takes its identity from the pod or the kubeconfig");
        var (accountNamespace, account) = ReadServiceAccount();

        var allNamespaces = Flag(_allNamespaces);
        var @namespace = Text(_namespace);
        if (@namespace is not null && Names.ProblemOfNamespace(@namespace) is { } problem)
            throw Wrong(_namespace, @namespace, problem);
        // The rights for all namespaces are bound to a service account of one.
        if (allNamespaces && !Rbac && Given(_namespace) is { } one)
            _notes.Add(new Note($"--all-namespaces counts, as in kubectl: --namespace {one} has no effect beside it", Warning: true));

        var targets = ReadTargets();
        if (allNamespaces && targets.FirstOrDefault(target => target.Name is not null || target.AskedNamespace is not null) is { } named)
            throw new UsageException(
                $"--all-namespaces does not go with the one object \"{named}\"; name its namespace with --namespace, or use a selector"
            );

        return new GateOptions
        {
            Targets = targets,
            Namespace = @namespace,
            AllNamespaces = allNamespaces,
            ServiceAccount = account,
            ServiceAccountNamespace = accountNamespace,
            Report = Rbac && Flag(_report),
            Timeout = ReadTimeout(),
            Kubeconfig = NotEmpty(_kubeconfig, "write the path of a file"),
            Context = NotEmpty(_context, "write the name of a context"),
            Access = _access.Read(this),
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
        if (NotEmpty(_serviceAccount, "write the name of a service account") is not { } text)
            return (null, "default");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (@namespace, name) = slash < 0 ? (null, text) : (text[..slash], text[(slash + 1)..]);
        if (((@namespace is null ? null : Names.ProblemOfNamespace(@namespace)) ?? Names.ProblemOfName(name)) is { } problem)
            throw Wrong(_serviceAccount, text, problem);
        return (@namespace, name);
    }

    private void RefuseUnknown()
    {
        // The parser takes an option that it does not know for one more target.
        var words = _parsed.GetValue(_targets) ?? [];
        if (words.FirstOrDefault(word => word.StartsWith('-')) is { } unknown)
        {
            var name = unknown.Split('=')[0];
            var near = Similar.Nearest(name, Options.Select(option => option.Name).Concat(KubectlFlags.Names));
            throw new UsageException($"unknown option {name}: {(near is null ? "see wait-for --help" : $"write {near}")}");
        }

        foreach (var option in Options.Where(option => option.Arity.MaximumNumberOfValues == 1))
        {
            if (_parsed.GetResult(option) is { IdentifierTokenCount: > 1 })
                throw new UsageException($"{option.Name} is given more than once; give it once");
        }

        if (_parsed.Errors is [var error, ..])
            throw new UsageException($"{error.Message.TrimEnd('.')}; see wait-for --help");
    }

    private IReadOnlyList<Target> ReadTargets()
    {
        var verbTolerance = _variable("TREAT_ERRORS_AS_READY") switch
        {
            null or "" or "0" => Tolerance.None,
            "1" => Tolerance.FailedEnd,
            "2" => Tolerance.IfSomeSucceeded,
            var other => throw new UsageException($"TREAT_ERRORS_AS_READY \"{other}\": 0, 1 (as the suffix -we) or 2 (as -wr) is expected"),
        };
        var targets = TargetParser.Parse(_parsed.GetValue(_targets) ?? [], ReadSet(), verbTolerance);

        var onMissing = Text(_onMissing) switch
        {
            null or "wait" => OnMissing.Wait,
            "fail" => OnMissing.Fail,
            "pass" => OnMissing.Pass,
            var other => throw Wrong(_onMissing, other, "write wait, fail or pass"),
        };
        if (onMissing == OnMissing.Pass && targets.FirstOrDefault(target => !target.Kind.TakesPass) is { } other1)
            throw new UsageException($"--on-missing=pass is for Jobs only, not for \"{other1}\"; wait for it in a gate of its own");

        var labels = Texts(_expectLabel).Select(ReadLabel).ToList();
        var images = Texts(_expectImage).ToList();
        if (images.Contains(""))
            throw Wrong(_expectImage, "", "write an image as the Job's pod template has it");
        if (labels.Count + images.Count > 0 && targets.FirstOrDefault(target => !target.Kind.TakesExpected) is { } service)
            throw new UsageException(
                $"{(labels.Count > 0 ? "--expect-label" : "--expect-image")} is for Jobs and pods, not for \"{service}\"; wait for it in "
                    + "a gate of its own"
            );

        var record = NotEmpty(_record, "write the name of a ConfigMap");
        if (record is not null && Names.ProblemOfName(record) is { } badRecord)
            throw Wrong(_record, record, badRecord);
        if (record is not null && !targets.Any(TakesRecord))
            throw new UsageException($"--record is for Jobs by name, not for \"{targets[0]}\"; remove it");

        var recordWrite = Flag(_recordWrite);
        if (recordWrite && record is null)
            throw new UsageException("--record-write needs --record NAME, the ConfigMap that the completion record is written to");
        if (record is not null && labels.Count + images.Count > 0)
            throw new UsageException(
                "--record and --expect-label or --expect-image exclude each other: a record says only that a Job of that name completed "
                    + "once; give the Job a name with its version, or leave the record out"
            );

        var minReady = ReadMinReady(targets);
        var stableFor = ReadDuration(_stableFor, TimeSpan.Zero);
        var pollInterval = ReadDuration(_pollInterval, Target.DefaultPollInterval);
        if (pollInterval < TimeSpan.FromSeconds(1))
            throw Wrong(_pollInterval, Text(_pollInterval)!, "write 1s or more");
        return
        [
            .. targets.Select(target =>
                target with
                {
                    Record = TakesRecord(target) ? record : null,
                    StableFor = stableFor,
                    PollInterval = pollInterval,
                    RecordWrite = recordWrite && TakesRecord(target),
                    Expected = target.Expected with
                    {
                        OnMissing = onMissing,
                        Labels = labels,
                        Images = images,
                        MinReady = TakesMinReady(target) ? minReady : null,
                    },
                }
            ),
        ];
    }

    /// <summary>Which objects of a kind, where none is named.</summary>
    private AskedSet ReadSet()
    {
        var (selector, fields, all) = (Text(_selector)?.Trim(), Text(_fieldSelector)?.Trim(), Flag(_all));
        if (all && selector is not null)
            throw new UsageException($"--all and --selector \"{selector}\" exclude each other; remove one");
        return new AskedSet(selector, fields, all, Anywhere: all || Flag(_allNamespaces) || Text(_namespace) is not null);
    }

    /// <summary>In k8s-wait-for's form <c>-o</c> is kubectl's, and without effect on a gate.</summary>
    private bool IsKubectlFormat(string format) =>
        (_parsed.GetValue(_targets) ?? []) is [var verb, ..]
        && verb.AsSpan().IndexOfAny('/', ':') < 0
        && (format is "wide" or "name" or "yaml" || KubectlFormats.Any(prefix => format.StartsWith(prefix, StringComparison.Ordinal)));

    private KeyValuePair<string, string> ReadLabel(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw Wrong(_expectLabel, text, "write KEY=VALUE");
        var (key, value) = (text[..equals], text[(equals + 1)..]);
        return (Names.ProblemOfLabelKey(key) ?? Names.ProblemOfLabelValue(value)) is { } problem
            ? throw Wrong(_expectLabel, text, problem)
            : KeyValuePair.Create(key, value);
    }

    private static bool TakesRecord(Target target) => target.Kind.TakesRecord && target.Name is not null;

    private static bool TakesMinReady(Target target) => target.Kind.TakesMinReady(target.Name is not null);

    private int? ReadMinReady(IReadOnlyList<Target> targets)
    {
        if (Text(_minReady) is not { } text)
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minReady) || minReady < 1)
            throw Wrong(_minReady, text, "write a whole number of 1 or more");
        return targets.Any(TakesMinReady)
            ? minReady
            : throw new UsageException($"--min-ready is for pods by selector and for services, not for \"{targets[0]}\"; remove it");
    }

    /// <summary>A duration of at most a day: longer ones are typos, and timers end at 49 days.</summary>
    private TimeSpan ReadDuration(Option<string> option, TimeSpan none)
    {
        if (Text(option) is not { } text)
            return none;
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw Wrong(option, text, reason!);
        return duration <= TimeSpan.FromDays(1) ? duration : throw Wrong(option, text, "write 24h or less");
    }

    private TimeSpan ReadTimeout()
    {
        if (Text(_timeout) is not { } text)
            return TimeSpan.FromMinutes(10);
        if (!GoDuration.TryParse(text, out var timeout, out var reason))
            throw Wrong(_timeout, text, reason!);
        // The longest time that a timer takes (49 days); who asks for more means no limit.
        return timeout.TotalMilliseconds < uint.MaxValue - 1 ? timeout : TimeSpan.Zero;
    }

    /// <summary>The value of an option that must not be empty; null where it is not given.</summary>
    /// <exception cref="UsageException">It is given and empty.</exception>
    internal string? NotEmpty(Option<string> option, string what) => Text(option) is "" ? throw Wrong(option, "", what) : Text(option);

    /// <summary>What is wrong with a value, named as it was given.</summary>
    internal UsageException Wrong(Option option, string value, string what) =>
        new($"{(Given(option) is null ? VariableOf(option) : option.Name)} \"{value}\": {what}");

    /// <summary>The variable that stands for an option: <c>WAIT_FOR_ON_MISSING</c>.</summary>
    internal static string VariableOf(Option option) => Prefix + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The value on the command line; null when the option is not there.</summary>
    private string? Given(Option option) =>
        _parsed.GetResult(option) is { Implicit: false } result ? string.Join(',', result.Tokens.Select(token => token.Value)) : null;

    /// <summary>The value on the command line, else the variable's; an empty variable counts as none.</summary>
    internal string? Text(Option<string> option) =>
        Given(option) ?? (_variable(VariableOf(option)) is { Length: > 0 } value ? value : null);

    /// <summary>The values of an option that may be repeated; in a variable they are separated by commas.</summary>
    internal IEnumerable<string> Texts(Option<string[]> option) =>
        _parsed.GetResult(option) is { Implicit: false } result
            ? result.Tokens.Select(token => token.Value)
            : (_variable(VariableOf(option)) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether an option without a value is given.</summary>
    /// <exception cref="UsageException">Its variable is neither true nor false.</exception>
    internal bool Flag(Option<bool> option)
    {
        if (_parsed.GetResult(option) is { Implicit: false })
            return _parsed.GetValue(option);
        return _variable(VariableOf(option))?.ToLowerInvariant() switch
        {
            null or "" or "false" or "0" => false,
            "true" or "1" => true,
            var other => throw new UsageException($"{VariableOf(option)} \"{other}\": write true or false"),
        };
    }
}
