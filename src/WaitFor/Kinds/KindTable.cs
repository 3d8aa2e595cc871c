using WaitFor.Process.Help;

namespace WaitFor.Kinds;

/// <summary>What each kind waits for, as help and docs/kinds.md show it: each kind's own words.</summary>
internal static class KindTable
{
    private const int Column = 29;
    private const int Width = 120;

    private static readonly GenericKind Other = new("other");

    /// <summary>For a terminal.</summary>
    public static string Help =>
        OptionTable.Rows(
            [
                .. Known.Select(kind => ("  " + Named(kind.Word, kind.ShortNames), Sentences(kind))),
                ("  kinds without a status", $"It exists: {PresentKinds(Named)}."),
                ("  any other kind", Sentences(Other)),
            ],
            Column,
            Width
        );

    /// <summary>For docs/kinds.md.</summary>
    public static string Markdown =>
        "| kind | ready when | ends with 1 when |\n|---|---|---|\n"
        + string.Concat(
            Known.Select(kind =>
                Row(
                    Codes(kind.Word, kind.ShortNames) + (kind.TakesSuffix ? " (`-we`, `-wr`)" : ""),
                    kind
                )
            )
        )
        + "| kinds without a status (below) | it exists | |\n"
        + Row("any other", Other)
        + "\n"
        + string.Join('\n', OptionTable.Wrapped($"Kinds without a status: {PresentKinds(Codes)}.", Width))
        + "\n";

    private static IEnumerable<Kind> Known => KnownKinds.All.Where(kind => kind is not PresentKind);

    private static string PresentKinds(Func<string, IReadOnlyList<string>, string> names) =>
        string.Join(", ", PresentKind.Words.Select(kind => names(kind.Word, kind.ShortNames)));

    private static string Row(string names, Kind kind) =>
        $"| {names} | {kind.ReadyWhen} |{(kind.FailsWhen is { } end ? $" {end}" : "")} |\n";

    private static string Codes(string word, IReadOnlyList<string> shortNames) =>
        string.Join(", ", shortNames.Prepend(word).Select(name => $"`{name}`"));

    private static string Named(string word, IReadOnlyList<string> shortNames) =>
        shortNames.Count == 0 ? word : $"{word} ({string.Join(", ", shortNames)})";

    /// <summary><c>Complete. Ends the wait when Failed.</c></summary>
    private static string Sentences(Kind kind) =>
        $"{char.ToUpperInvariant(kind.ReadyWhen[0])}{kind.ReadyWhen[1..]}."
        + (kind.FailsWhen is { } end ? $" Ends the wait when {end}." : "");
}
