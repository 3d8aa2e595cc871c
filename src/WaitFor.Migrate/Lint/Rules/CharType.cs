using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>char-type (style): a new column is padded with blanks.</summary>
internal sealed class CharType : ILintRule
{
    private static readonly Rule Padded = new(
        "char-type",
        Level.Notice,
        "A new column is char(n), which pads its values with blanks",
        "Use text, with a CHECK of its length where that matters"
    );

    public IReadOnlyList<Rule> Rules => [Padded];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal) =>
        Style
            .NewColumns(rehearsal)
            .Where(made => made.Column.Type.StartsWith("character(", StringComparison.Ordinal))
            .Select(made =>
                Padded.At(
                    made.At,
                    Style.Title(made.Table, made.Column),
                    $"it is {made.Column.Type}: its values are padded with blanks, which comparisons and clients treat in different ways",
                    $"{SqlName.Of(made.Column.Name)} text"
                )
            );
}
