using System.Globalization;
using System.Text;

namespace WaitFor.Migrate.Postgres;

/// <summary>libpq's parameter options: settings for the server process, as words such as <c>-c statement_timeout=5s</c>.
/// <see href="https://www.postgresql.org/docs/current/app-postgres.html#APP-POSTGRES-OPTIONS"/></summary>
internal static class ServerOptions
{
    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("us", 0.001),
        ("ms", 1),
        ("s", 1000),
        ("min", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("", 1),
    ];

    /// <summary>The time that they give a setting, the last one of several; null where they do not name it.</summary>
    /// <param name="options">The parameter's text; null where it is not given.</param>
    /// <param name="name">The setting, such as statement_timeout.</param>
    public static TimeSpan? Time(string? options, string name)
    {
        TimeSpan? found = null;
        var words = Words(options ?? "");
        for (var at = 0; at < words.Count; at++)
        {
            // -c NAME=VALUE, -cNAME=VALUE, --NAME=VALUE
            var pair =
                words[at] == "-c" && at + 1 < words.Count ? words[++at]
                : words[at] is ['-', 'c' or '-', ..] ? words[at][2..]
                : "";
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Replace('-', '_').Equals(name, StringComparison.OrdinalIgnoreCase))
                found = Read(pair[(equals + 1)..]) ?? found;
        }

        return found;
    }

    /// <summary>A time as PostgreSQL reads it; null for anything else, which the server refuses.</summary>
    private static TimeSpan? Read(string text)
    {
        text = text.Trim();
        var (unit, length) = Array.Find(Units, unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        return double.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number * length is >= 0 and <= int.MaxValue
            ? TimeSpan.FromMilliseconds(Math.Round(number * length))
            : null;
    }

    /// <summary>The words; a \ takes a blank, or another \, into its word.</summary>
    private static List<string> Words(string text)
    {
        var (words, word) = (new List<string>(), new StringBuilder());
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                if (text[at] == '\\' && at + 1 < text.Length)
                    at++;
                word.Append(text[at]);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return words;
    }
}
