using System.Globalization;
using System.Text;
using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Sql;

/// <summary>Replaces <c>${name}</c> by values, as Flyway does; names do not depend on case.
/// <see href="https://documentation.red-gate.com/fd/placeholders-184127475.html"/></summary>
/// <param name="settings">Prefix, suffix, separator, and the values.</param>
/// <param name="database">What the connection knows: its user and database.</param>
/// <param name="schema">The default schema.</param>
/// <param name="now">The time of the run.</param>
internal sealed class Placeholders(FlywaySettings settings, (string? User, string? Name) database, string? schema, DateTime now)
{
    private readonly string _prefix = settings.PlaceholderPrefix;
    private readonly string _suffix = settings.PlaceholderSuffix;

    /// <summary>True where a text names the default schema, which is not always known before the database is asked.</summary>
    public bool NamesSchema(string text) =>
        text.Contains($"{_prefix}flyway{settings.PlaceholderSeparator}defaultSchema{_suffix}", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the placeholder of a batch as <see cref="BatchText.Marker"/>, whatever prefix and suffix are set.</summary>
    public string MarkBatch(string text) =>
        text.Replace($"{_prefix}{BatchText.Name}{_suffix}", BatchText.Marker, StringComparison.OrdinalIgnoreCase);

    /// <summary>Replaces all placeholders.</summary>
    /// <param name="file">The script's path, for messages, and for the placeholder of its name.</param>
    /// <param name="text">The script.</param>
    /// <param name="batched">True: <see cref="BatchText.Marker"/> stays, even where a value is set for Flyway's sake.</param>
    /// <exception cref="ScriptException">A placeholder has no value.</exception>
    public string Replace(string file, string text, bool batched = false)
    {
        if (!text.Contains(_prefix, StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (text.IndexOf(_prefix, at, StringComparison.Ordinal) is >= 0 and var begin)
        {
            if (batched && text.AsSpan(begin).StartsWith(BatchText.Marker))
            {
                result.Append(text, at, begin - at).Append(BatchText.Marker);
                at = begin + BatchText.Marker.Length;
                continue;
            }

            var end = text.IndexOf(_suffix, begin + _prefix.Length, StringComparison.Ordinal);
            if (end < 0)
                throw Wrong(file, text, begin, $"the placeholder that begins here is not ended; end it with {_suffix}");
            var name = text[(begin + _prefix.Length)..end];
            var value = ValueOf(name, file);
            if (value is null)
                throw Wrong(
                    file,
                    text,
                    begin,
                    $"there is no value for the placeholder {_prefix}{name}{_suffix}; set FLYWAY_PLACEHOLDERS_{name.ToUpperInvariant()} or "
                        + $"--placeholder {name}=VALUE"
                        + (
                            name.Equals(BatchText.Name, StringComparison.OrdinalIgnoreCase)
                                ? ", or, for a script that runs in batches, write the line -- migrate: batch table=TABLE key=COLUMN above "
                                    + "it"
                                : ""
                        )
                );
            result.Append(text, at, begin - at).Append(value);
            at = end + _suffix.Length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private string? ValueOf(string name, string file)
    {
        if (settings.Placeholders.TryGetValue(name, out var value))
            return value;
        var own = "flyway" + settings.PlaceholderSeparator;
        if (!name.StartsWith(own, StringComparison.OrdinalIgnoreCase))
            return null;
        return name[own.Length..].ToLowerInvariant() switch
        {
            "defaultschema" => schema,
            "user" => database.User,
            "database" => database.Name,
            "timestamp" => now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            "filename" => Path.GetFileName(file),
            "workingdirectory" => settings.WorkingDirectory ?? Directory.GetCurrentDirectory(),
            "table" => settings.Table,
            "environment" => settings.Environment,
            _ => null,
        };
    }

    private static ScriptException Wrong(string file, string text, int at, string why) =>
        new($"{file}, line {text.AsSpan(0, at).Count('\n') + 1}: {why}, or switch placeholders off (--placeholder-replacement=false)");
}
