namespace WaitFor.Migrate.Lint;

/// <summary>Reads the definition of a domain: its base type, <c> NOT NULL</c> and <c> DEFAULT expression</c>.</summary>
internal static class Domains
{
    private const string NotNullPart = " NOT NULL";
    private const string DefaultPart = " DEFAULT ";

    /// <summary>True for a domain that takes no null.</summary>
    public static bool NotNull(Catalog catalog, uint type) =>
        Definition(catalog, type) is { } text
        && (text.EndsWith(NotNullPart, StringComparison.Ordinal) || text.Contains(NotNullPart + DefaultPart, StringComparison.Ordinal));

    /// <summary>The default of a domain; null where it has none, and for other types.</summary>
    public static string? Default(Catalog catalog, uint type)
    {
        if (Definition(catalog, type) is not { } text || text.IndexOf(DefaultPart, StringComparison.Ordinal) is not (>= 0 and var at))
            return null;
        var value = text[(at + DefaultPart.Length)..];
        return value.EndsWith(NotNullPart, StringComparison.Ordinal) ? value[..^NotNullPart.Length] : value;
    }

    /// <summary>The base type of a domain; null for other types.</summary>
    public static string? Base(Catalog catalog, uint type)
    {
        if (Definition(catalog, type) is not { } text)
            return null;
        foreach (var part in new[] { DefaultPart, NotNullPart })
            text = text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text;
        return text;
    }

    private static string? Definition(Catalog catalog, uint type) =>
        catalog.Types.TryGetValue(type, out var found) && found.Kind == 'd' ? found.Definition : null;
}
