using System.Text;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>Flyway's configuration files: <c>flyway.conf</c>, in the form of Java's properties with Flyway's exceptions, and
/// <c>flyway.toml</c>. <see href="https://documentation.red-gate.com/fd/configuration-files-224003079.html"/></summary>
internal static class ConfigurationFiles
{
    private static readonly string[] Names = ["flyway.user.toml", "flyway.toml", "flyway.conf"];

    /// <summary>The files to read, the one that goes before the others first.</summary>
    /// <exception cref="MigrationException">A file that is named does not exist.</exception>
    public static IEnumerable<string> Find(
        FlywayConfiguration configuration,
        FlywayPlaces places,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var named = configuration.Get("configFiles") is { } option && option.Source != "FLYWAY_CONFIG_FILES" ? Split(option) : [];
        if (environment.GetValueOrDefault("FLYWAY_CONFIG_FILES") is { Length: > 0 } variable)
            named = named.Concat(Split(new GivenValue(variable, "FLYWAY_CONFIG_FILES")));
        string?[] folders =
        [
            places.Folder,
            environment.GetValueOrDefault("HOME"),
            Path.Combine(places.Folder, "conf"),
            places.Root,
            Path.Combine(places.Root, "conf"),
        ];
        return named
            .Concat(
                folders
                    .Where(folder => folder is { Length: > 0 })
                    .SelectMany(folder => Names.Select(name => Path.Combine(folder!, name)))
                    .Where(File.Exists)
            )
            .Distinct(StringComparer.Ordinal)
            .ToList();

        IEnumerable<string> Split(GivenValue given) =>
            given
                .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Reverse()
                .Select(file => places.Full(file, File.Exists))
                .Select(file =>
                    File.Exists(file) ? file : throw Usage($"{given.Source}: there is no file {file}; mount it there, or correct the path")
                );
    }

    /// <summary>Reads a file.</summary>
    /// <returns>What it says, the last value of a name alone.</returns>
    /// <exception cref="MigrationException">It cannot be read, is malformed, or has a setting that is unknown or refused.</exception>
    public static IEnumerable<(string Name, GivenValue Given)> Read(
        string file,
        FlywayConfiguration configuration,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var toml = file.EndsWith(".toml", StringComparison.Ordinal);
        var lines = Lines(file, toml ? null : configuration.Get("configFileEncoding"));
        var entries = toml ? TomlFile.Read(file, lines) : Properties(file, lines, configuration.Notes);
        if (toml)
            entries = OfEnvironment(file, entries, configuration);
        var values = new Dictionary<string, GivenValue>(StringComparer.Ordinal);
        foreach (var (line, name, value) in entries)
        {
            var given = new GivenValue(
                Expand(value, toml, environment, variable =>
                    configuration.Warnings.Add($"{file}, line {line}: ${{{variable}}} is not set, so it is empty")),
                $"{file}, line {line}: flyway.{name}"
            );
            if (name is "configFiles" or "configFileEncoding" or "workingDirectory")
                throw Usage($"{given.Source}: a file cannot set it; give it on the command line");
            if (!configuration.Accept(name, given, row => "flyway." + row.Name))
                continue;
            if (values.TryGetValue(name, out var first) && first.Value != given.Value)
                configuration.Warnings.Add($"{given.Source} overrides {first.Source[(file.Length + 2)..]}; remove one of them");
            values[name] = given;
        }

        return values.Select(pair => (pair.Key, pair.Value));
    }

    /// <summary>Java's properties, where a backslash stays as it is, but for one at the end of a line.</summary>
    private static IEnumerable<(int Line, string Name, string Value)> Properties(string file, string[] lines, List<string> notes)
    {
        for (var at = 0; at < lines.Length; at++)
        {
            var (line, text) = (at + 1, lines[at].Trim());
            if (text.Length == 0 || text[0] is '#' or '!')
                continue;
            while (text.EndsWith('\\') && at + 1 < lines.Length
                && !lines[at + 1].TrimStart().StartsWith("flyway.", StringComparison.Ordinal))
                text = text[..^1] + lines[++at].Trim();
            var end = text.AsSpan().IndexOfAny("=: \t");
            var (key, value) = end < 0 ? (text, "") : (text[..end], text[end..].TrimStart());
            if (value is not ['=' or ':', ..])
                throw Usage($"{file}, line {line}: a setting is expected, such as flyway.target=2; add the =");
            if (key.StartsWith("flyway.", StringComparison.Ordinal))
                yield return (line, key["flyway.".Length..], value[1..].Trim());
            else
                notes.Add($"{file}, line {line}: no effect: only what begins with flyway. is a setting");
        }
    }

    /// <summary>The settings of <c>[flyway]</c>, and those of the environment that is asked for.</summary>
    private static List<(int Line, string Name, string Value)> OfEnvironment(
        string file,
        IEnumerable<(int Line, string Name, string Value)> entries,
        FlywayConfiguration configuration
    )
    {
        var all = entries.ToList();
        var own = all.Where(entry => entry.Name.StartsWith("flyway.", StringComparison.Ordinal))
            .Select(entry => entry with { Name = entry.Name[7..] }).ToList();
        var asked = configuration.Get("environment")?.Value ?? own.Find(entry => entry.Name == "environment").Value;
        var prefix = $"environments.{asked ?? "default"}.";
        var found = all.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (asked is not null && found.Count == 0 && all.Exists(entry => entry.Name.StartsWith("environments.", StringComparison.Ordinal)))
            throw Usage($"{file}: there is no [environments.{asked}]; add it, or correct -environment");
        foreach (var (line, name, _) in all)
        {
            if (!name.StartsWith("flyway.", StringComparison.Ordinal) && !name.StartsWith("environments.", StringComparison.Ordinal))
                configuration.Notes.Add($"{file}, line {line}: no effect: {name} belongs to other products of Flyway's");
        }

        if (own.TrueForAll(entry => entry.Name != "environment"))
            own.Add((1, "environment", asked ?? "default"));
        return [.. found.Select(entry => entry with { Name = entry.Name[prefix.Length..] }).Where(entry => entry.Name != "displayName"),
            .. own];
    }

    /// <summary><c>${NAME}</c>, in flyway.toml <c>${env.NAME}</c>, is the environment variable; one that is not set is empty, as in
    /// Flyway.</summary>
    private static string Expand(string value, bool toml, IReadOnlyDictionary<string, string> environment, Action<string> unset)
    {
        var begin = toml ? "${env." : "${";
        for (var at = value.IndexOf(begin, StringComparison.Ordinal); at >= 0; at = value.IndexOf(begin, at + 1, StringComparison.Ordinal))
        {
            var end = value.IndexOf('}', at);
            var name = end < 0 ? "" : value[(at + begin.Length)..end];
            if (name.Length == 0 || !name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '_'))
                continue;
            if (!environment.TryGetValue(name, out var content))
                unset(name);
            value = value[..at] + content + value[(end + 1)..];
            at += (content ?? "").Length - 1;
        }

        return value;
    }

    private static string[] Lines(string file, GivenValue? encoding)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);
            var coding = Coding(encoding);
            try
            {
                return Encodings.Decode(bytes, coding).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
            }
            catch (DecoderFallbackException exception)
            {
                var line = bytes.AsSpan(0, Math.Clamp(exception.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
                throw Usage($"{file}, line {line}: the file is not {coding.WebName}; save it as UTF-8, or give -configFileEncoding");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Usage($"{file}: the file cannot be read: {exception.Message.TrimEnd('.')}; correct its permissions");
        }
    }

    private static Encoding Coding(GivenValue? given) =>
        given is null ? Encodings.Utf8 : Encodings.Of(given.Value)
            ?? throw Usage($"{given.Source} \"{given.Value}\": write one of {Encodings.Known}");

    private static MigrationException Usage(string message) => new(ExitCode.Usage, message);
}
