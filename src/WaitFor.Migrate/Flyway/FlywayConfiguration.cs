using WaitFor.Migrate.Postgres;
using WaitFor.Process;

namespace WaitFor.Migrate.Flyway;

/// <summary>A value and where it comes from, such as <c>-target</c>, <c>FLYWAY_TARGET</c> or <c>flyway.conf, line 3:
/// flyway.target</c>.</summary>
internal sealed record GivenValue(string Value, string Source);

/// <summary>Where Flyway looks for files.</summary>
/// <param name="Folder">The working folder; relative paths begin there.</param>
/// <param name="Root">Flyway's own folder in its image: <c>/flyway</c>.</param>
internal sealed record FlywayPlaces(string Folder, string Root = "/flyway")
{
    /// <summary>A path in full: in the working folder, or, where it exists alone, in Flyway's own, the working folder of its
    /// image.</summary>
    public string Full(string path, Func<string, bool> exists)
    {
        var full = Path.GetFullPath(path, Folder);
        return !exists(full) && exists(Path.GetFullPath(path, Root)) ? Path.GetFullPath(path, Root) : full;
    }
}

/// <summary>The settings that somebody gave: command line before environment before files, the last file first.
/// <see href="https://documentation.red-gate.com/fd/configuration-files-224003079.html"/></summary>
internal sealed class FlywayConfiguration
{
    private readonly Dictionary<string, GivenValue> _values = new(StringComparer.Ordinal);
    private static readonly string[] Connection =
        ["url", "user", "password", "jdbcProperties", "connectRetries", "connectRetriesInterval", "defaultSchema", "schemas"];

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly bool _connectionOnly;

    /// <summary>Reads them all, and refuses what nobody may give.</summary>
    /// <param name="arguments">Flyway's options on the command line.</param>
    /// <param name="own">Our options of the same meaning: the setting's name, the value, its source, and whether it is on the command
    /// line; variables go before Flyway's.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="places">Where files are looked for.</param>
    /// <param name="connectionOnly">Of the environment only what the connection needs is read, and no files.</param>
    /// <exception cref="MigrationException">A setting is unknown, refused, given twice, or its file is malformed.</exception>
    /// <exception cref="ConnectionException">A secret's file cannot be read.</exception>
    public FlywayConfiguration(
        FlywayArguments arguments,
        IReadOnlyList<(string Name, GivenValue Given, bool OnCommandLine)> own,
        IReadOnlyDictionary<string, string> environment,
        FlywayPlaces places,
        bool connectionOnly = false
    )
    {
        (_environment, _connectionOnly) = (environment, connectionOnly);
        Form = arguments.Named || arguments.Options.Count > 0;
        Notes.AddRange(arguments.Notes);
        foreach (var (name, value) in arguments.Options)
            TakeOption(name, new GivenValue(value, "-" + name));
        foreach (var (name, given, onCommandLine) in own)
        {
            if (onCommandLine)
                TakeOption(name, given);
            else
                _values.TryAdd(name, given);
        }

        var secrets = new SettingsReader(environment.GetValueOrDefault);
        foreach (var variable in environment.Keys.Where(IsFlyways).Order(StringComparer.Ordinal))
            TakeVariable(variable, secrets);
        Folder = Get("workingDirectory") is { Value.Length: > 0 } folder ? Path.GetFullPath(folder.Value, places.Folder) : places.Folder;
        foreach (var file in connectionOnly ? [] : ConfigurationFiles.Find(this, places with { Folder = Folder }, environment))
        {
            Form = true;
            Notes.Add($"reads {file}");
            foreach (var (name, given) in ConfigurationFiles.Read(file, this, environment))
                _values.TryAdd(Key(name), given);
        }
    }

    /// <summary>True where the call is Flyway's own: by its program name, its options, or its files.</summary>
    public bool Form { get; private set; }

    /// <summary>The folder where relative paths begin.</summary>
    public string Folder { get; }

    /// <summary>What was accepted and has no effect, or is worth a line with -v.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What is worth a warning.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>A setting's value; null where it is not given.</summary>
    public GivenValue? Get(string name) => _values.GetValueOrDefault(name);

    /// <summary>The entries of a map, by name.</summary>
    public IEnumerable<(string Name, GivenValue Given)> Entries(string map) =>
        _values.Where(pair => pair.Key.StartsWith(map + ".", StringComparison.Ordinal))
            .Select(pair => (pair.Key[(map.Length + 1)..], pair.Value));

    /// <summary>Refuses a setting that nobody may give, and notes one without effect.</summary>
    /// <returns>False where it asks for nothing.</returns>
    /// <exception cref="MigrationException">It is unknown or refused.</exception>
    public bool Accept(string name, GivenValue given, Func<Setting, string>? nameOf = null)
    {
        if (FlywaySettingsTable.Find(name) is not { } row)
        {
            var near = FlywaySettingsTable.Nearest(name, nameOf ?? (other => other.Name));
            throw Usage(
                $"{given.Source}: the setting is not known; {(near is null ? "see migrate --help, or remove it" : $"write {near}")}");
        }

        if (row.Treatment == Treatment.Refused && !row.AsksForNothing(given.Value))
            throw Usage($"{given.Source}: not supported: {row.Note}");
        if (row.Treatment == Treatment.WithoutEffect && row.Harmless.Length > 0 && !row.AsksForNothing(given.Value))
            throw Usage($"{given.Source} \"{given.Value}\": {row.Note}");
        if (row.Treatment != Treatment.Honoured)
            Notes.Add($"{given.Source}: no effect: {row.Note}");
        return row.Treatment == Treatment.Honoured;
    }

    private void TakeOption(string name, GivenValue given)
    {
        if (!Accept(name, given, row => "-" + row.Name))
            return;
        if (_values.TryGetValue(Key(name), out var first))
            throw Usage(
                name == "password" ? "-password is given more than once; give it once"
                : first.Value == given.Value ? $"{given.Source} is given more than once; give it once"
                : $"{first.Source} \"{Shown(name, first)}\" and {given.Source} \"{Shown(name, given)}\" are given; give one of them"
            );
        _values[Key(name)] = given;
        if (name == "password")
            Warnings.Add(
                "-password: a process list shows the command line; use FLYWAY_PASSWORD, or FLYWAY_PASSWORD_FILE with a mounted secret");
    }

    private void TakeVariable(string variable, SettingsReader secrets)
    {
        var file = FlywaySettingsTable.WithFile.FirstOrDefault(name => variable == name + "_FILE");
        if (FlywaySettingsTable.OfVariable(file ?? variable) is not var (row, name))
        {
            if (!_connectionOnly
                && Variables.Unknown([variable], FlywaySettingsTable.Prefix, Known, "no setting has that name") is { } line)
                Warnings.Add($"{line}; it has no effect, as in Flyway");
            return;
        }

        if (_connectionOnly && Array.IndexOf(Connection, row.Name) < 0)
            return;
        var secret = FlywaySettingsTable.WithFile.Contains(file ?? variable, StringComparer.Ordinal);
        // A file that is not needed need not be there.
        if (secret && _values.ContainsKey(name))
            return;
        // An empty one counts as none: charts leave them so.
        if ((secret ? secrets.Get(file ?? variable) : _environment[variable]) is not { } value
            || (value.Length == 0 && row.Kind != SettingKind.Map))
            return;
        var given = new GivenValue(value, file ?? variable);
        if (Accept(name, given))
            _values.TryAdd(Key(name), given);
    }

    /// <summary>Names of placeholders do not depend on case.</summary>
    private static string Key(string name) =>
        name.StartsWith("placeholders.", StringComparison.Ordinal) ? name.ToLowerInvariant() : name;

    private static List<string> Known { get; } =
        [.. FlywaySettingsTable.All.Select(row => row.Variable).Concat(FlywaySettingsTable.WithFile.Select(name => name + "_FILE"))
            .Where(name => name.Length > 0)];

    private static bool IsFlyways(string variable) => variable.StartsWith(FlywaySettingsTable.Prefix, StringComparison.Ordinal);

    /// <summary>A URL may have a password in it.</summary>
    private static string Shown(string name, GivenValue given) => name is "url" ? "..." : given.Value;

    private static MigrationException Usage(string message) => new(ExitCode.Usage, message);
}
