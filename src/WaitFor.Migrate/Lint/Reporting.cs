using WaitFor.Findings;

namespace WaitFor.Migrate.Lint;

/// <summary>Makes findings of what rules have seen.</summary>
internal static class Reporting
{
    /// <summary>A finding at a statement.</summary>
    public static Finding At(
        this Rule rule,
        Observation observation,
        string? subject,
        string message,
        string? fix = null,
        Level? level = null
    ) =>
        new(
            rule.Name,
            level ?? rule.Level,
            observation.Script.Path,
            observation.Statement.Line,
            observation.Statement.Column,
            subject,
            message,
            fix ?? char.ToLowerInvariant(rule.Fix[0]) + rule.Fix[1..]
        );

    /// <summary>The parts as a sentence has them: <c>a, b and c</c>.</summary>
    public static string List(IEnumerable<string> parts)
    {
        var all = parts.ToList();
        return all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all.Take(all.Count - 1))} and {all[^1]}";
    }

    /// <summary>A number of rows, for people.</summary>
    public static string Rows(double rows) => rows == 1 ? "1 row" : $"{rows:#,0} rows";
}
