using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>Replaces <c>${name}</c> by values, as Flyway does; names do not depend on case.</summary>
internal static class Placeholders
{
    /// <summary>Replaces all placeholders.</summary>
    /// <param name="file">The script's name, for messages.</param>
    /// <param name="text">The script.</param>
    /// <param name="values">The values by name; compared without case.</param>
    /// <exception cref="ScriptException">A placeholder has no value.</exception>
    public static string Replace(string file, string text, IReadOnlyDictionary<string, string> values)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is >= 0 and var begin)
        {
            var end = text.IndexOf('}', begin);
            if (end < 0)
                break;
            var name = text[(begin + 2)..end];
            if (!values.TryGetValue(name, out var value))
                throw new ScriptException(
                    $"{file}, line {text.AsSpan(0, begin).Count('\n') + 1}: there is no value for the placeholder ${{{name}}}; set "
                        + $"FLYWAY_PLACEHOLDERS_{name.ToUpperInvariant()} or --placeholder {name}=VALUE, or switch placeholders off "
                        + "(--placeholder-replacement=false)"
                );
            result.Append(text, at, begin - at).Append(value);
            at = end + 1;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
