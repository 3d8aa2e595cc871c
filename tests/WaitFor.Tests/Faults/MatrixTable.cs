using System.Globalization;
using System.Text;

namespace WaitFor.Tests.Faults;

/// <summary>The matrix as it is kept in tests/README.md.</summary>
internal static class MatrixTable
{
    private const string Begin = "<!-- the matrix: written by MatrixTableTests, WAITFOR_RENEW=1 renews it -->\n";
    private const string End = "<!-- the matrix ends -->\n";

    private static readonly (Exclusion Exclusion, string Mark, string Reason)[] Exclusions =
    [
        (Exclusion.StatusIsAHead, "a", "a status begins an answer: it cannot come inside one, or without a request"),
        (Exclusion.EventIsALine, "b", "an ERROR event is a line of a watch: it can only come where a line begins"),
        (
            Exclusion.NeedsABody,
            "c",
            "broken or short data must be sent first; half a line has no kind yet; a server that closes before it answers "
                + "resets the connection"
        ),
        (Exclusion.OrdinaryEnd, "d", "a watch may end there: the ordinary end is no fault"),
        (Exclusion.NeedsARequest, "e", "silence can be noticed only after a request; the half-open connection covers the time before"),
    ];

    public static string Text { get; } = Write();

    /// <summary>The file's text with today's table in place of the kept one.</summary>
    public static string Renewed(string file)
    {
        var from = file.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = file.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= Begin.Length && to >= from, $"tests/README.md has to hold the lines {Begin}and {End}");
        return file[..from] + Text + file[to..];
    }

    private static string Write()
    {
        var text = new StringBuilder("\n");
        Row("fault", Moments.All.Select(moment => moment.Words()), "cells");
        Row("---", Moments.All.Select(_ => "---"), "---");
        foreach (var fault in FaultCatalogue.All)
            Row(fault.Name, Moments.All.Select(moment => Entry(fault, moment)), Count(cell => cell.Fault == fault));
        Row("all", Moments.All.Select(moment => Count(cell => cell.Moment == moment)), Count(_ => true));

        text.Append(
            CultureInfo.InvariantCulture,
            $"\nEach number says on how many kinds of targets the fault was tried, one gate each: {string.Join(", ", Subject.All)}. "
                + $"Of the {Matrix.Cells.Count} gates, "
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Matrix.Cells.Count(cell => cell.Fault.Lasts is null)} end with permission denied, "
                + $"{Matrix.Cells.Count(cell => cell is { Fails: true, Fault.Lasts: not null })} fail, "
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Matrix.Cells.Count(cell => cell is { Fails: false, Fault.Lasts: not null })} open. Not possible:\n\n"
        );
        foreach (var (_, mark, reason) in Exclusions)
            text.Append(CultureInfo.InvariantCulture, $"- {mark}: {reason}.\n");
        return text.Append('\n').ToString();

        void Row(string first, IEnumerable<string> middle, string last) =>
            text.Append("| ").AppendJoin(" | ", [first, .. middle, last]).Append(" |\n");
    }

    private static string Entry(Fault fault, Moment moment) =>
        fault.Not(moment) is var exclusion && exclusion != Exclusion.None
            ? Exclusions.Single(row => row.Exclusion == exclusion).Mark
            : Count(cell => cell.Fault == fault && cell.Moment == moment);

    private static string Count(Func<Cell, bool> counts) => Matrix.Cells.Count(counts).ToString(CultureInfo.InvariantCulture);
}
