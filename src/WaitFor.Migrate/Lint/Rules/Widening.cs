using System.Globalization;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>Tells the changes of a type that keep every value as it is, so that PostgreSQL neither rewrites nor scans the table.
/// <see href="https://www.postgresql.org/docs/current/sql-altertable.html"/></summary>
internal static class Widening
{
    /// <summary>True where the new type takes every value of the old one in the same form.</summary>
    public static bool Is(Column was, Column now, Catalog catalog)
    {
        if (Domains.Base(catalog, was.TypeOid) is { } plain)
            return plain == now.Type;
        if (Parse(was.Type) is not { } old || Parse(now.Type) is not { } type)
            return false;
        return (old.Name, type.Name) switch
        {
            ("character varying" or "text", "text") => true,
            ("text", "character varying") => type.First is null,
            ("cidr", "inet") => true,
            ("character varying" or "bit varying", _) when old.Name == type.Name => Grows(old.First, type.First),
            ("numeric", "numeric") => type.First is null
                || (old.First is not null && old.Second == type.Second && Grows(old.First, type.First)),
            _ => old.Name == type.Name && (IsTime(type.Name) || type.Name == "interval") && Grows(old.First, type.First),
        };
    }

    private static bool IsTime(string name) => name.StartsWith("time", StringComparison.Ordinal);

    /// <summary>No limit is the greatest.</summary>
    private static bool Grows(int? old, int? now) => now is null || (old is not null && now >= old);

    /// <summary>The name without its modifier, and the modifier's numbers; null for an array, and a type of another form.</summary>
    private static (string Name, int? First, int? Second)? Parse(string type)
    {
        if (type.Contains('[', StringComparison.Ordinal))
            return null;
        var (open, close) = (type.IndexOf('(', StringComparison.Ordinal), type.IndexOf(')', StringComparison.Ordinal));
        if (open < 0 || close < open)
            return (type, null, null);
        var numbers = type[(open + 1)..close].Split(',');
        return numbers.Length <= 2 && Array.TrueForAll(numbers, number => int.TryParse(number, CultureInfo.InvariantCulture, out _))
            ? (type[..open] + type[(close + 1)..], Number(0), Number(1))
            : null;

        int? Number(int index) => index < numbers.Length ? int.Parse(numbers[index], CultureInfo.InvariantCulture) : null;
    }
}
