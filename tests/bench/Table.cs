using System.Globalization;

namespace WaitFor.Bench;

/// <summary>The answer: a table, and a line per aim.</summary>
/// <param name="columns">What stands above the cells.</param>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> rows =
    [
        ["", .. columns],
    ];
    private readonly List<string> aims = [];

    /// <summary>A time in ms.</summary>
    public static string Ms(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");

    /// <summary>A size in bytes, told in MB of a million bytes.</summary>
    public static string Mb(double value) => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.0} MB");

    /// <summary>A plain number.</summary>
    public static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>The first in terms of the second. Times below zero can happen: the event may end a waiter before the PATCH is answered. A
    /// ratio would say nothing then.</summary>
    public static string Ratio(double one, double? other) =>
        one > 0 && other > 0 ? string.Create(CultureInfo.InvariantCulture, $"{one / other:0.00}") : "-";

    /// <summary>A row.</summary>
    public void Row(string measure, params string[] cells) => rows.Add([measure, .. cells]);

    /// <summary>A row of the comparison with two others; what a program cannot do has no number.</summary>
    public void Row(string measure, Func<double, string> unit, double ours, double? first, double? second, string without = "-") =>
        Row(
            measure,
            unit(ours),
            first is { } one ? unit(one) : "-",
            second is { } two ? unit(two) : without,
            Ratio(ours, first),
            Ratio(ours, second)
        );

    /// <summary>An aim: at most <paramref name="most"/>.</summary>
    public void Aim(string what, double value, double most, Func<double, string>? unit = null)
    {
        unit ??= ratio => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.000}"); // three places: a third is an aim
        aims.Add($"aim: {what}: {unit(value)} {(value <= most ? "ok" : "MISSED")}");
    }

    /// <summary>Prints it.</summary>
    public void Print(TextWriter output)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(
                string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))
                    .TrimEnd()
            );
        output.WriteLine();
        aims.ForEach(output.WriteLine);
    }
}
