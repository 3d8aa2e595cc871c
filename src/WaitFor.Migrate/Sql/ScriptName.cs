using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Sql;

/// <summary>What a script is for.</summary>
internal enum ScriptKind
{
    /// <summary><c>V</c>: runs once, in the order of the versions.</summary>
    Versioned = 0,

    /// <summary><c>R</c>: runs again whenever it has changed, after all versioned ones, in the order of the descriptions.</summary>
    Repeatable,

    /// <summary><c>B</c>: stands for all versions up to its own on an empty database.</summary>
    Baseline,

    /// <summary>Runs before or after something: <c>beforeMigrate</c>, <c>afterMigrate</c>, ...</summary>
    Callback,
}

/// <summary>The parts of a file name in Flyway's layout: <c>V1.2__Add_index.sql</c>, <c>R__Views.sql</c>, <c>B10__Schema.sql</c>,
/// <c>afterMigrate__Grants.sql</c>; <c>V1.sql</c> has no description.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Version">The version; null for a repeatable script, and for a callback.</param>
/// <param name="Description">With blanks for underscores; Flyway stores it so.</param>
internal sealed record ScriptName(ScriptKind Kind, MigrationVersion? Version, string Description)
{
    /// <summary>The event of a callback, as <see cref="CallbackEvent"/> has it; null for any other script.</summary>
    public string? Event { get; init; }
}

/// <summary>Reads file names as the settings say: prefixes, separator, suffixes.
/// <see href="https://documentation.red-gate.com/fd/migrations-184127470.html"/></summary>
internal sealed class ScriptNames
{
    /// <summary>The files that other tools and newer versions of Flyway run, with the events' names.</summary>
    private static readonly string[] Programs = [".sh", ".bash", ".ps1", ".bat", ".cmd", ".py", ".class"];

    private readonly FlywaySettings _settings;
    private readonly List<(string Prefix, ScriptKind Kind)> _prefixes;

    public ScriptNames(FlywaySettings settings)
    {
        _settings = settings;
        // The longest first: afterMigrateApplied is not afterMigrate.
        _prefixes =
        [
            .. CallbackEvent
                .Known.Concat(CallbackEvent.NotHere)
                .Concat(CallbackEvent.OfOtherVerbs)
                .Select(name => (name, ScriptKind.Callback))
                .Append((settings.SqlMigrationPrefix, ScriptKind.Versioned))
                .Append((settings.RepeatableSqlMigrationPrefix, ScriptKind.Repeatable))
                .Append((settings.BaselineMigrationPrefix, ScriptKind.Baseline))
                .OrderByDescending(prefix => prefix.Item1.Length),
        ];
    }

    /// <summary>The suffix that a file name has, of those that scripts have; null for none. Case does not matter.</summary>
    public string? SuffixOf(string file) =>
        _settings.SqlMigrationSuffixes.FirstOrDefault(suffix =>
            file.Length > suffix.Length && file.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The event of a callback that is a program, and no SQL; null for any other file.</summary>
    public static string? ProgramOf(string file) =>
        Path.GetExtension(file) is { Length: > 0 } end && Programs.Contains(end)
            ? CallbackEvent.Known.FirstOrDefault(name => file == name + end || file.StartsWith(name + "__", StringComparison.Ordinal))
            : null;

    /// <summary>Reads the name of a file that has one of the suffixes.</summary>
    /// <returns>The name, or why it is none, with what to write; neither for a file that is left out without a word.</returns>
    public (ScriptName? Name, string? Why) Read(string file)
    {
        var (stem, separator) = (file[..^SuffixOf(file)!.Length], _settings.SqlMigrationSeparator);
        var (prefix, kind) = _prefixes.Find(known => stem.StartsWith(known.Prefix, StringComparison.Ordinal));
        if (prefix is null)
            return (null, WhyNoPrefix(stem));
        var rest = stem[prefix.Length..];
        var at = rest.IndexOf(separator, StringComparison.Ordinal);
        var (before, description) = at < 0 ? (rest, "") : (rest[..at], rest[(at + separator.Length)..].Replace('_', ' '));
        if (kind == ScriptKind.Callback)
            return before.Length > 0
                    ? (null, $"a callback is called {prefix}{_settings.SqlMigrationSuffixes[0]}, or has {separator} and a description")
                : CallbackEvent.NotHere.Contains(prefix, StringComparer.Ordinal)
                    ? (null, $"only newer or paid editions of Flyway run the callback {prefix}; use another event")
                : CallbackEvent.OfOtherVerbs.Contains(prefix, StringComparer.Ordinal) ? (null, null)
                : (new ScriptName(kind, null, description) { Event = prefix }, null);
        var form = $"{prefix}{(kind == ScriptKind.Repeatable ? "" : "1")}{separator}description{_settings.SqlMigrationSuffixes[0]}";
        if (kind == ScriptKind.Repeatable)
            return at == 0 ? (new ScriptName(kind, null, description), null)
                : at < 0 && before.Length == 0 ? (null, $"a repeatable script needs {separator} and a description: write {form}")
                : (null, $"a repeatable script has no version: write {form}");
        return before.Length == 0 ? (null, $"there is no version: write {form}")
            : MigrationVersion.Parse(before) is { } version ? (new ScriptName(kind, version, description), null)
            : (null, $"\"{before}\" is not a version: write digits, with . or _ between them, and {separator} before the description");
    }

    private string WhyNoPrefix(string stem) =>
        _settings.UndoSqlMigrationPrefix is { Length: > 0 } undo
        && stem.StartsWith(undo, StringComparison.Ordinal)
        && stem.IndexOf(_settings.SqlMigrationSeparator, StringComparison.Ordinal) > 0
            ? "undo scripts do not run here, as in Flyway's free edition"
        : _prefixes.Find(known => Differs(known.Prefix, stem)).Prefix is { } prefix
            ? $"its prefix differs in case; write {prefix} if it is to run"
        : $"its name begins with none of {_settings.SqlMigrationPrefix}, {_settings.RepeatableSqlMigrationPrefix} and "
            + $"{_settings.BaselineMigrationPrefix}, and is no callback's";

    /// <summary>True where a name would be one, were it not for the case of its prefix.</summary>
    private bool Differs(string prefix, string stem) =>
        stem.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        && stem[prefix.Length..] is var rest
        && (rest.Length == 0 || char.IsAsciiDigit(rest[0]) || rest.StartsWith(_settings.SqlMigrationSeparator, StringComparison.Ordinal));
}
