using System.Globalization;
using System.Text;

namespace WaitFor.Migrate.Lint;

/// <summary>The names of shadow databases: <c>DATABASE_lint_yyyymmddhhmm_random</c>, with the time of their making in UTC, so that a later
/// run knows what a killed one has left.</summary>
internal static class ShadowName
{
    private const string Middle = "_lint_";
    private const string TimeFormat = "yyyyMMddHHmm";
    private const int RandomLength = 8;

    /// <summary>The longest name of a database, in bytes.</summary>
    private const int Longest = 63;

    /// <summary>Older ones belong to no run any more.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>A new name.</summary>
    /// <param name="database">The database for which it is.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="random">A random number.</param>
    public static string Of(string database, DateTime now, uint random) =>
        $"{Prefix(database)}{now.ToString(TimeFormat, CultureInfo.InvariantCulture)}_{random.ToString("x8", CultureInfo.InvariantCulture)}";

    /// <summary>How all names of a database begin: its own is cut where the whole would be too long.</summary>
    public static string Prefix(string database)
    {
        var (left, length) = (Longest - Middle.Length - TimeFormat.Length - 1 - RandomLength, 0);
        foreach (var rune in database.EnumerateRunes())
        {
            left -= Encoding.UTF8.GetByteCount(rune.ToString());
            if (left < 0)
                break;
            length += rune.Utf16SequenceLength;
        }

        return database[..length] + Middle;
    }

    /// <summary>True for the name of a shadow database of this one that is older than an hour.</summary>
    public static bool IsLeftOver(string name, string database, DateTime now)
    {
        var prefix = Prefix(database);
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && name.Length == prefix.Length + TimeFormat.Length + 1 + RandomLength
            && name[prefix.Length + TimeFormat.Length] == '_'
            && name[^RandomLength..].All(char.IsAsciiHexDigitLower)
            && DateTime.TryParseExact(
                name.AsSpan(prefix.Length, TimeFormat.Length),
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var made
            )
            && now - made > Age;
    }
}
