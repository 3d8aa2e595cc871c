using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>The settings of one script: <c>SCRIPT.sql.conf</c> beside it.
/// <see href="https://documentation.red-gate.com/fd/script-configuration-files-224003079.html"/></summary>
internal sealed class ScriptSettings
{
    /// <summary>What the file is called, after the script's name.</summary>
    public const string Suffix = ".conf";

    /// <summary>The settings of a script without such a file.</summary>
    public static ScriptSettings Default { get; } = new();

    /// <summary>Null: as its statements allow.</summary>
    public bool? InTransaction { get; private init; }

    /// <summary>False: placeholders stay as they are; null: as for all scripts.</summary>
    public bool? PlaceholderReplacement { get; private init; }

    /// <summary>Refuses what is not in it; null: as for all scripts.</summary>
    public Encoding? Encoding { get; private init; }

    /// <summary>Reads the settings; the defaults where the file does not exist.</summary>
    /// <exception cref="ScriptException">A line is no setting, or a setting is not known.</exception>
    public static ScriptSettings Read(string file)
    {
        var settings = Default;
        if (!File.Exists(file))
            return settings;
        var (name, number) = (Path.GetFileName(file), 0);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            var (key, value) = text.Split('=', 2, StringSplitOptions.TrimEntries) is [var k, var v]
                ? (k, v)
                : throw Wrong("a setting is expected, such as executeInTransaction=false");
            settings = key switch
            {
                "executeInTransaction" => settings.With(inTransaction: Flag(value)),
                "placeholderReplacement" => settings.With(replacement: Flag(value)),
                "encoding" => settings.With(encoding: EncodingOf(value)),
                _ => throw Wrong($"the setting {key} is not known; executeInTransaction, placeholderReplacement and encoding are"),
            };
        }

        return settings;

        bool Flag(string value) =>
            value.ToLowerInvariant() switch
            {
                "true" => true,
                "false" => false,
                _ => throw Wrong($"\"{value}\" is neither true nor false"),
            };

        Encoding EncodingOf(string value) =>
            Encodings.Of(value) ?? throw Wrong($"the encoding {value} is not known; {Encodings.Known} are");

        ScriptException Wrong(string why) => new($"{name}, line {number}: {why}");
    }

    private ScriptSettings With(bool? inTransaction = null, bool? replacement = null, Encoding? encoding = null) =>
        new()
        {
            InTransaction = inTransaction ?? InTransaction,
            PlaceholderReplacement = replacement ?? PlaceholderReplacement,
            Encoding = encoding ?? Encoding,
        };
}
