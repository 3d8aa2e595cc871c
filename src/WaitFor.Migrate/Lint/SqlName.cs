using System.Buffers;

namespace WaitFor.Migrate.Lint;

/// <summary>Writes names as SQL takes them.</summary>
internal static class SqlName
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Reserved words that people use as names all the same.
    /// <see href="https://www.postgresql.org/docs/current/sql-keywords-appendix.html"/></summary>
    private static readonly string[] Reserved =
    [
        "all", "analyse", "analyze", "any", "array", "as", "asc", "both", "case", "cast", "check", "collate", "column", "constraint",
        "create", "default", "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant",
        "group", "having", "in", "initially", "into", "leading", "limit", "not", "null", "offset", "on", "only", "or", "order",
        "placing", "primary", "references", "returning", "select", "some", "table", "then", "to", "trailing", "true", "union",
        "unique", "user", "using", "when", "where", "window", "with",
    ];

    /// <summary>A name, quoted where it must be.</summary>
    public static string Of(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Plain) && !Reserved.Contains(name)
            ? name
            : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A relation with its schema.</summary>
    public static string Of(Relation relation) => $"{Of(relation.Schema)}.{Of(relation.Name)}";

    /// <summary>A function or procedure with its schema and arguments.</summary>
    public static string Of(Routine routine) => $"{Of(routine.Schema)}.{Of(routine.Name)}({routine.Arguments})";

    /// <summary>A type with its schema.</summary>
    public static string Of(UserType type) => $"{Of(type.Schema)}.{Of(type.Name)}";

    /// <summary>An index with its schema.</summary>
    public static string Of(TableIndex index) => $"{Of(index.Schema)}.{Of(index.Name)}";
}
