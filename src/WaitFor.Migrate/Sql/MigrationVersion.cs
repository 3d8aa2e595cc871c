namespace WaitFor.Migrate.Sql;

/// <summary>A version as Flyway reads it: integers of any length, separated by dots or underscores; trailing zeros do not count (1.0 is 1).
/// <see href="https://documentation.red-gate.com/fd/migrations-184127470.html"/></summary>
internal sealed class MigrationVersion : IComparable<MigrationVersion>, IEquatable<MigrationVersion>
{
    private readonly List<string> _parts;

    private MigrationVersion(List<string> parts, string text) => (_parts, Text) = (parts, text);

    /// <summary>The version with dots, as the history table has it.</summary>
    public string Text { get; }

    /// <summary>Reads a version.</summary>
    /// <returns>Null where it is none: empty, or another character than digits, dots and underscores, or two separators in a row.</returns>
    public static MigrationVersion? Parse(string text)
    {
        var dotted = text.Replace('_', '.');
        var parts = dotted.Split('.');
        if (parts.Any(part => part.Length == 0 || part.AsSpan().ContainsAnyExceptInRange('0', '9')))
            return null;
        // Numbers are compared as texts of digits: a timestamp, or two of them, is longer than any integer type.
        var numbers = parts.Select(part => part.TrimStart('0')).ToList();
        while (numbers.Count > 1 && numbers[^1].Length == 0)
            numbers.RemoveAt(numbers.Count - 1);
        return new MigrationVersion(numbers, dotted);
    }

    public int CompareTo(MigrationVersion? other)
    {
        if (other is null)
            return 1;
        for (var index = 0; index < Math.Max(_parts.Count, other._parts.Count); index++)
        {
            var (a, b) = (index < _parts.Count ? _parts[index] : "", index < other._parts.Count ? other._parts[index] : "");
            var order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
            if (order != 0)
                return order;
        }

        return 0;
    }

    public bool Equals(MigrationVersion? other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as MigrationVersion);

    public override int GetHashCode() => string.GetHashCode(string.Join('.', _parts), StringComparison.Ordinal);

    public override string ToString() => Text;

    public static bool operator ==(MigrationVersion? a, MigrationVersion? b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(MigrationVersion? a, MigrationVersion? b) => !(a == b);

    public static bool operator <(MigrationVersion a, MigrationVersion b) => a.CompareTo(b) < 0;

    public static bool operator >(MigrationVersion a, MigrationVersion b) => a.CompareTo(b) > 0;

    public static bool operator <=(MigrationVersion a, MigrationVersion b) => a.CompareTo(b) <= 0;

    public static bool operator >=(MigrationVersion a, MigrationVersion b) => a.CompareTo(b) >= 0;
}
