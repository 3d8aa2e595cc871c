namespace WaitFor.Migrate.Sql;

/// <summary>Keys of advisory locks.</summary>
internal static class AdvisoryKey
{
    /// <summary>Flyway's magic number (PostgreSQLAdvisoryLockTemplate).</summary>
    private const long FlywayBase = 77431708279161;

    /// <summary>What <c>migrate exec</c> adds to: "wait-for" in ASCII.</summary>
    private const long ExecBase = 0x776169742D666F72;

    /// <summary>The key that Flyway takes for a history table, so that both tools cannot be combined.</summary>
    /// <param name="schema">The table's schema, unquoted.</param>
    /// <param name="table">The table's name, unquoted.</param>
    public static long OfFlyway(string schema, string table) =>
        FlywayBase + JavaHash($"{Identifier.Quote(schema)}.{Identifier.Quote(table)}");

    /// <summary>The key of runs that wrap another tool: one per database is enough, as advisory locks are a database's own.</summary>
    public static long OfExec(string schema) => ExecBase ^ JavaHash(schema);

    /// <summary>Java's <c>String.hashCode</c>: s[0]*31^(n-1) + ... + s[n-1], over UTF-16 units, in 32 bits.</summary>
    internal static int JavaHash(string text)
    {
        var hash = 0;
        foreach (var unit in text)
            hash = unchecked((31 * hash) + unit);
        return hash;
    }
}

/// <summary>Names in SQL.</summary>
internal static class Identifier
{
    /// <summary>Quotes a name.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes a text as a literal (standard_conforming_strings is on since 9.1).</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
