using System.Globalization;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>The values of settings: what was given, else the default of <see cref="FlywaySettingsTable"/>. A value that a setting cannot
/// have is refused with a <see cref="MigrationException"/>.</summary>
/// <param name="from">What was given; null for the defaults alone.</param>
internal sealed class FlywayValues(FlywayConfiguration? from)
{
    /// <summary>Relative folders are taken from here; null: the process's.</summary>
    public string? Folder => from?.Folder;

    /// <summary>What was given, empty or not; null where nothing was.</summary>
    public string? Given(string name) => from?.Get(name)?.Value;

    /// <summary>What was given if it is not empty; null where nothing was.</summary>
    public string? GivenText(string name) => Given(name) is { Length: > 0 } text ? text : null;

    /// <summary>A text; null where it is empty.</summary>
    public string? Text(string name) => GivenText(name) ?? (Default(name) is { Length: > 0 } otherwise ? otherwise : null);

    /// <summary>A text, empty or not.</summary>
    public string Raw(string name) => Given(name) ?? Default(name);

    /// <summary>A text that must not be empty.</summary>
    public string Needed(string name) =>
        from?.Get(name) is not { } given ? Default(name)
        : given.Value.Length > 0 ? given.Value
        : throw Wrong(given, "it must not be empty; give a text, or remove it");

    /// <summary>Texts with commas between them.</summary>
    public string[] Names(string name) => Raw(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The entries of a map; case does not matter.</summary>
    public Dictionary<string, string> Map(string name) =>
        from?.Entries(name).ToDictionary(entry => entry.Name, entry => entry.Given.Value, StringComparer.OrdinalIgnoreCase)
        ?? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>True or false.</summary>
    public bool Flag(string name) =>
        Raw(name).ToLowerInvariant() switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => throw Wrong(name, "write true or false"),
        };

    /// <summary>A number that was given; null where none was.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="least">The least that it can be; 10,000 is the most.</param>
    public int? GivenNumber(string name, int least) =>
        Given(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            && number <= 10_000 ? number
        : throw Wrong(name, $"write a whole number from {least} to 10000");

    /// <summary>A version as <see cref="MigrationVersion"/> writes it; null where there is none.</summary>
    public string? Version(string name) =>
        Given(name) is { } given ? MigrationVersion.Parse(given)?.Text ?? throw Wrong(name, "write a version, such as 12 or 1.2")
        : Text(name);

    /// <summary>A Java name of an encoding.</summary>
    public string Encoding(string name) =>
        Given(name) is { } encoding && Encodings.Of(encoding) is null ? throw Wrong(name, $"write one of {Encodings.Known}") : Needed(name);

    /// <summary>The path of a file.</summary>
    public string File(string name) => Folder is { } folder ? Path.GetFullPath(Text(name)!, folder) : Text(name)!;

    /// <summary>What is wrong with a value, named as it was given.</summary>
    public static MigrationException Wrong(GivenValue given, string what) =>
        new(ExitCode.Usage, $"{given.Source} \"{given.Value}\": {what}");

    private MigrationException Wrong(string name, string what) => Wrong(from!.Get(name)!, what);

    private static string Default(string name) => FlywaySettingsTable.Find(name)!.Default;
}
