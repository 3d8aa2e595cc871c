using System.Text;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Flyway;

/// <summary>What a setting's value is.</summary>
internal enum SettingKind
{
    Text,
    Boolean,

    /// <summary>A whole number from 0 on, or -1 where the note says so.</summary>
    Number,

    /// <summary>Texts with commas between them.</summary>
    List,

    /// <summary>Values by name: <c>-placeholders.NAME=</c>.</summary>
    Map,
}

/// <summary>A setting of Flyway's.</summary>
/// <param name="Name">Its name, without <c>flyway.</c>; case matters.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Default">Its default here.</param>
/// <param name="Treatment">What is done with it.</param>
/// <param name="Note">What it does here; why it has no effect; or why it is refused and what to do.</param>
/// <param name="Harmless">Of a refused one, the values that ask for nothing, separated by spaces; of one with few values, all of
/// them.</param>
/// <param name="Environment">The environment variable; null for the name's own, empty for none: the command line alone has it.</param>
internal sealed record Setting(
    string Name,
    SettingKind Kind,
    string Default,
    Treatment Treatment,
    string Note,
    string Harmless = "",
    string? Environment = null
)
{
    /// <summary>The environment variable, of a map with the beginning of a name: <c>FLYWAY_PLACEHOLDERS_</c>; empty for none.</summary>
    public string Variable { get; } = Environment ?? FlywaySettingsTable.Prefix + Snake(Name) + (Kind == SettingKind.Map ? "_" : "");

    /// <summary>Whether a value asks for nothing.</summary>
    public bool AsksForNothing(string value) => Array.IndexOf(Harmless.Split(' '), value.ToLowerInvariant()) >= 0 && Harmless.Length > 0;

    private static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var unit in name)
        {
            if (char.IsAsciiLetterUpper(unit))
                text.Append('_');
            text.Append(unit == '.' ? '_' : char.ToUpperInvariant(unit));
        }

        return text.ToString();
    }
}
