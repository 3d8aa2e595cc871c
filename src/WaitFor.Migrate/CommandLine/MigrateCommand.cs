using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;
using WaitFor.Process.Help;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The options of <c>migrate</c>: where their values come from, and which values are refused.</summary>
internal sealed class MigrateCommand
{
    private const string Prefix = "MIGRATE_";

    private readonly Argument<string[]> _words = new("WORD") { Arity = ArgumentArity.ZeroOrMore };
    private readonly OptionSet _options = new(MigrateHelp.Options);

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Func<string, string?> _variable;
    private readonly IReadOnlyList<string> _command;
    private readonly FlywayArguments _flyway;
    private readonly FlywayPlaces _places;
    private readonly ParseResult _parsed;
    private readonly OptionValues _values;
    private readonly string? _topic;

    /// <summary>Parses the arguments; refuses nothing yet.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="program">What the program was called, without a folder.</param>
    /// <param name="places">Where Flyway's files are looked for; null for the working folder and <c>/flyway</c>.</param>
    public MigrateCommand(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string program = "migrate",
        FlywayPlaces? places = null
    )
    {
        arguments = HelpPages.Plain(arguments);
        // A command behind --help asks for its topic, or for the overview, as in Flyway.
        _topic = HelpPages.TopicOf(arguments) is { } topic && topic != "migrate"
            && (HelpText.Pages.Topics.Contains(topic, StringComparer.Ordinal) || !MigrateHelp.Commands.Any(row => row.Word == topic))
            ? topic : null;
        _places = places ?? new FlywayPlaces(System.Environment.CurrentDirectory);
        (_environment, _variable) = (environment, name => environment.GetValueOrDefault(name));
        // What follows the first "--" is the wrapped tool's.
        var end = arguments.TakeWhile(word => word != "--").Count();
        _command = [.. arguments.Skip(end + 1)];
        var valued = Options.Where(option => option.Arity.MinimumNumberOfValues > 0)
            .SelectMany(option => option.Aliases.Append(option.Name)).ToHashSet(StringComparer.Ordinal);
        _flyway = new FlywayArguments(arguments.Take(end), program, valued.Contains);
        AskedVersion = _flyway.Ours is ["--version"] or ["version"] or ["-v"];
        // Not "migrate": the parser would take that word for the program's path, and it is a command here.
        var command = new Command("_") { _words };
        foreach (var option in Options)
            command.Add(option);
        _parsed = CommandLineParser.Parse(command, _flyway.Ours, new ParserConfiguration { ResponseFileTokenReplacer = null });
        _values = new OptionValues(_options, _parsed, Prefix, _variable);
    }

    /// <summary>All options, in the order of the help.</summary>
    internal IEnumerable<Option> Options => _options.All;

    /// <summary>True when help was asked for. No command at all is an error: a Job that has lost its arguments must not complete; as
    /// <c>flyway</c> it is not.</summary>
    public bool Help => _flyway.Help || _values.IsOn("--help") || Array.IndexOf(Words, "help") >= 0
        || (_flyway.Named && Words.Length == 0 && !AskedVersion);

    /// <summary>Help, a completion script or the version, where it is asked for; null where it is not, or not in the right
    /// way.</summary>
    /// <param name="version">The version.</param>
    public string? Told(string version) =>
        AskedVersion ? VersionText.Of("migrate", version)
        : Help ? HelpText.Pages.Of(_topic ?? (Words is ["lint", ..] ? "lint" : null))
        : Words is ["completion", .. var shell] ? MigrateHelp.Completion.Of(shell)
        : null;

    /// <summary>True when this program's own version was asked for.</summary>
    public bool AskedVersion { get; }

    private string[] Words => _parsed.GetValue(_words) ?? [];

    /// <summary>How to talk to whoever started us; a wrong value is refused by <see cref="Read"/>.</summary>
    public OutputOptions Output =>
        new(
            Text("--output") == "json" && !Words.Contains("lint", StringComparer.Ordinal),
            _flyway.Debug || _values.Flag("--verbose"),
            _values.TextOrEmpty("--termination-log") switch
            {
                null => File.Exists(TerminationMessage.DefaultPath) ? TerminationMessage.DefaultPath : null,
                "" => null,
                var path => path,
            },
            _flyway.Quiet
        );

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="MigrationException">A word, an option or a value is wrong.</exception>
    /// <exception cref="ConnectionException">The database is not named, or wrongly.</exception>
    public MigrateOptions Read()
    {
        if (Help && _topic is not null)
            throw Usage(HelpText.Pages.Problem(_topic));
        if (Words is ["completion", .. var shell])
            throw Usage(MigrateHelp.Completion.Problem(shell));
        RefuseUnknown();
        if (Text("--pending") is { } pending and not ("ok" or "fail"))
            throw Wrong("--pending", pending, "write ok or fail");
        if (Words is ["exec", var tool, ..] && !tool.Contains("://", StringComparison.Ordinal))
            throw Usage($"exec: -- is missing before \"{tool}\"; write migrate exec [options] -- {tool} ...");
        var verbs = Words.Select(CommandWords.Read).ToList();
        var verb = verbs.Count > 0 ? verbs[0] : throw Usage("the command is missing; write migrate up, or see migrate --help");
        var alone = verbs.Exists(other => other is Verb.Exec or Verb.Wait or Verb.Plan or Verb.Lint);
        if (verbs.Count > 1 && (alone || Words is ["migrate", "up", ..]))
            throw Usage($"one word is expected, not \"{string.Join(' ', Words)}\"; see migrate --help");
        if (verb != Verb.Lint && Text("--output") is { } output and not ("text" or "json"))
            throw Wrong("--output", output, "write text or json");
        LintCommandOptions.Refuse(verb, option => _values.Given(option) is not null, _values.Flag("--lint"));
        if (verb == Verb.Exec && _command.Count == 0)
            throw Usage("exec: the command is missing; write migrate exec -- COMMAND ARGUMENTS");
        if (verb != Verb.Exec && _command.Count > 0)
            throw Usage($"-- works only with exec; with {Words[0]} there is no command");

        var (release, version) = (
            Text("--release"),
            Text("--version") is { } text
                ? MigrationVersion.Parse(text) ?? throw Wrong("--version", text, "write a version, such as 12 or 1.2")
                : null
        );
        if (verb == Verb.Wait && release is null && version is null)
            throw Usage("wait: the target is missing; give --version V or --release R");
        if (verb != Verb.Wait && version is not null)
            throw Usage("--version works only with wait");
        if (_values.Flag("--restart-batch") && !verbs.Contains(Verb.Repair))
            throw Usage("--restart-batch works only with repair");
        var (record, recordKey) = (Text("--record"), Text("--record-key") ?? _variable("JOB_NAME"));
        if (record is not null && recordKey is null or "")
            throw Usage(
                "--record: the key is missing; give --record-key, or set JOB_NAME to the Job's name (from the downward API: "
                    + "metadata.labels['job-name'])"
            );

        // What stands in the environment and in files is the wrapped tool's, but for the connection.
        var given = new FlywayConfiguration(_flyway, Own(), _environment, _places, connectionOnly: verb == Verb.Exec);
        var flyway = FlywayReader.Read(given, _environment);
        if (verbs.Contains(Verb.Clean) && (flyway.CleanDisabled || !_values.Flag("--allow-clean")))
            throw Usage(
                "clean drops everything in its schemas: it needs -cleanDisabled=false (FLYWAY_CLEAN_DISABLED) and --allow-clean as well");
        var connection = ConnectionSettings.Read(Text("--direct-url") is null ? null : Url("--direct-url"), given, _variable);
        TimeSpan Limit(string setting, TimeSpan otherwise) => ServerOptions.Time(connection.Driver.Options, setting) ?? otherwise;
        return new MigrateOptions
        {
            Verb = verb,
            Verbs = verbs,
            Flyway = flyway,
            Connection = connection,
            ConnectPatience = Patience(flyway),
            // A rehearsal is not worth that anybody waits for it.
            LockPatience = new LockPatience(
                Duration("--statement-lock-timeout", Limit("lock_timeout", TimeSpan.FromSeconds(verb == Verb.Lint ? 1 : 5))),
                Number("--lock-retries", 10)
            ),
            LockTimeout = Duration("--lock-timeout", LockTime(flyway.LockRetryCount)),
            StatementTimeout = Duration(
                "--statement-timeout",
                Limit("statement_timeout", verb == Verb.Lint ? TimeSpan.FromMinutes(1) : TimeSpan.Zero)
            ),
            Timeout = Duration("--timeout", TimeSpan.FromMinutes(10)),
            Locations = given.Get("locations"),
            CallbackLocations = given.Get("callbackLocations"),
            Places = _places with { Folder = given.Folder },
            PendingIsValid = Text("--pending") is { } asked ? asked == "ok" : !flyway.FlywayForm,
            AllowClean = _values.Flag("--allow-clean"),
            RestartBatch = _values.Flag("--restart-batch"),
            Progress = _values.Flag("--progress"),
            LintFirst = _values.Flag("--lint"),
            Lint = LintCommandOptions.Read(
                Text,
                _values.Flag,
                _values.Texts,
                Wrong,
                Text("--output"),
                judges: verb == Verb.Lint || _values.Flag("--lint")
            ),
            MigrationIds = _flyway.MigrationIds,
            Notes = [.. given.Notes.Select(note => (LogLevel.Debug, note)), .. given.Warnings.Select(note => (LogLevel.Warning, note))],
            Release = release,
            Version = version,
            Assertions = Text("--assertions"),
            Record = record,
            RecordKey = recordKey,
            Namespace = Text("--namespace"),
            Kubeconfig = Text("--kubeconfig"),
            Context = Text("--context"),
            Command = _command,
        };
    }

    /// <summary>Flyway's tries have pauses that grow; ours are alike.</summary>
    private ConnectPatience Patience(FlywaySettings flyway)
    {
        var retries = flyway.ConnectRetries ?? 10;
        return Text("--connect-retry-interval") is not null
            || (flyway.ConnectRetriesInterval is null && (flyway.ConnectRetries is null || OwnRetries))
            ? new ConnectPatience(retries, Duration("--connect-retry-interval", TimeSpan.FromSeconds(5)))
            : new ConnectPatience(retries, TimeSpan.FromSeconds(flyway.ConnectRetriesInterval ?? 120), Grows: true);
    }

    private bool OwnRetries => Text("--connect-retries") is not null;

    private static TimeSpan LockTime(int? retries) =>
        retries switch
        {
            null => TimeSpan.FromMinutes(10),
            < 0 => TimeSpan.Zero,
            0 => TimeSpan.FromSeconds(1),
            _ => TimeSpan.FromSeconds(retries.Value),
        };

    /// <summary>Our options that mean a setting of Flyway's.</summary>
    private List<(string Name, GivenValue Given, bool OnCommandLine)> Own()
    {
        var own = new List<(string, GivenValue, bool)>();
        foreach (
            var (option, name) in (ReadOnlySpan<(string, string)>)
                [
                    ("--url", "url"),
                    ("--user", "user"),
                    ("--connect-retries", "connectRetries"),
                    ("--locations", "locations"),
                    ("--schema", "defaultSchema"),
                    ("--table", "table"),
                    ("--placeholder-replacement", "placeholderReplacement"),
                    ("--out-of-order", "outOfOrder"),
                    ("--baseline-on-migrate", "baselineOnMigrate"),
                    ("--baseline-version", "baselineVersion"),
                    ("--baseline-description", "baselineDescription"),
                ]
        )
        {
            var typed = _values.Given(option) is not null;
            var value = typed && _options.Of(option) is Option<bool> ? (_values.IsOn(option) ? "true" : "false") : Text(option);
            if (value is not null)
                own.Add((name, new GivenValue(value, _values.SourceOf(option)), typed));
        }

        foreach (var text in _values.Texts("--placeholder"))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw Wrong("--placeholder", text, "write NAME=VALUE");
            own.Add(($"placeholders.{text[..equals]}", new GivenValue(text[(equals + 1)..], $"--placeholder {text[..equals]}"), true));
        }

        return own;
    }

    private void RefuseUnknown()
    {
        if (_environment.ContainsKey(_values.VariableOf("--placeholder")))
            throw Usage(
                $"{_values.VariableOf("--placeholder")}: placeholders have a variable each; write FLYWAY_PLACEHOLDERS_NAME=VALUE, or "
                    + "--placeholder NAME=VALUE"
            );
        var known = Options.Where(option => option.Name != "--help").Select(VariableOf).ToList();
        const string otherwise = "see migrate --help for the options that have one, or rename it";
        if (Variables.Unknown(_environment.Keys, Prefix, known, otherwise) is { } variable)
            throw Usage(variable);
        if (Words.FirstOrDefault(word => word.StartsWith('-')) is { } unknown)
        {
            var name = unknown.Split('=')[0];
            throw Usage($"unknown option {name}; {FlywayArguments.InsteadOf(unknown) ?? CommandWords.InsteadOf(name, [.. Options])}");
        }

        if (_values.Problem() is { } problem)
            throw Usage(problem);
        if (_parsed.Errors is [var error, ..])
            throw Usage($"{error.Message.TrimEnd('.')}; see migrate --help");
    }

    private TimeSpan Duration(string option, TimeSpan otherwise)
    {
        if (Text(option) is not { } text)
            return otherwise;
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw Wrong(option, text, reason!);
        return duration.TotalMilliseconds < int.MaxValue ? duration : TimeSpan.Zero;
    }

    private int Number(string option, int otherwise) =>
        Text(option) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 10_000 ? number
        : throw Wrong(option, text, "write a whole number from 0 to 10000");

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;

    private static MigrationException Usage(string message) => new(ExitCode.Usage, message);

    private MigrationException Wrong(string option, string value, string what) =>
        Usage($"{_values.SourceOf(option)} \"{value}\": {what}");

    /// <summary>The variable that stands for an option: <c>MIGRATE_LOCK_TIMEOUT</c>.</summary>
    internal static string VariableOf(Option option) => OptionValues.VariableOf(Prefix, option);

    /// <summary>The value on the command line, else the variable's; an empty one counts as none.</summary>
    private string? Text(string option) => NotEmpty(_values.Text(option));

    private (string Name, string Value)? Url(string option) => Text(option) is { } url ? (_values.SourceOf(option), url) : null;
}
