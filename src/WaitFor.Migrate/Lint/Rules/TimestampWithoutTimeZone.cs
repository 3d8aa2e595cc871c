using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>timestamp-without-time-zone (style): a new column holds times that mean another moment in each session.</summary>
internal sealed class TimestampWithoutTimeZone : ILintRule
{
    private static readonly Rule Local = new(
        "timestamp-without-time-zone",
        Level.Notice,
        "A new column is a timestamp without time zone, so its moment is not clear",
        "Use timestamptz"
    );

    public IReadOnlyList<Rule> Rules => [Local];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal) =>
        Style
            .NewColumns(rehearsal)
            .Where(made => made.Column.Type.StartsWith("timestamp", StringComparison.Ordinal) && IsLocal(made.Column.Type))
            .Select(made =>
                Local.At(
                    made.At,
                    Style.Title(made.Table, made.Column),
                    "it is a timestamp without time zone: which moment it means depends on who reads it",
                    $"{SqlName.Of(made.Column.Name)} timestamptz"
                )
            );

    private static bool IsLocal(string type) => type.Contains("without time zone", StringComparison.Ordinal);
}
