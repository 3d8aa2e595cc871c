namespace WaitFor.Migrate.Lint;

/// <summary>Reads the definition of a domain: its base type, <c> NOT NULL</c>, <c> DEFAULT expression</c>.</summary>
internal static class Domains
{
    private const string NotNullPart = " NOT NULL";
    private const string DefaultPart = " DEFAULT ";

    /// <summary>True for a domain that takes no null.</summary>
    public static bool NotNull(Catalog catalog, uint type) => Head(catalog, type) is { } head && head.EndsWith(NotNullPart, StringComparison.Ordinal);

    /// <summary>The default of a domain; null where it has none, and for other types.</summary>
    public static string? Default(Catalog catalog, uint type) =>
        Definition(catalog, type) is { } text && text.IndexOf(DefaultPart, StringComparison.Ordinal) is >= 0 and var at
            ? text[(at + DefaultPart.Length)..]
            : null;

    /// <summary>The base type of a domain; null for other types.</summary>
    public static string? Base(Catalog catalog, uint type) =>
        Head(catalog, type) is not { } head ? null
        : head.EndsWith(NotNullPart, StringComparison.Ordinal) ? head[..^NotNullPart.Length]
        : head;

    private static string? Head(Catalog catalog, uint type) =>
        Definition(catalog, type) is not { } text ? null
        : text.IndexOf(DefaultPart, StringComparison.Ordinal) is >= 0 and var at ? text[..at]
        : text;

    private static string? Definition(Catalog catalog, uint type) =>
        catalog.Types.TryGetValue(type, out var found) && found.Kind == 'd' ? found.Definition : null;
}
