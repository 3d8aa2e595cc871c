using System.Text;

namespace WaitFor.Report;

/// <summary>Text for people: cut, wrapped, in columns.</summary>
internal static class Layout
{
    /// <summary>Lines stay below this many columns; a single longer word (a name, an image) is left whole, so that it can be
    /// pasted.</summary>
    public const int Width = 99;

    /// <summary>A last column that would be narrower reads badly.</summary>
    private const int LeastColumn = 30;

    /// <summary>At most so many characters, an ellipsis included; no character is cut in two.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        var end = longest - 1;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end] + "…";
    }

    /// <summary>One line, without control characters, cut where it is endless.</summary>
    public static string Clean(string? text) => Kubernetes.ApiFault.OneLine(text ?? "").Trim();

    /// <summary>As <see cref="Clean"/> line by line; the line ends stay.</summary>
    public static string CleanLines(string text) => string.Join('\n', text.Split('\n').Select(Clean).Where(line => line.Length > 0));

    /// <summary>Without control characters: most fields hold none, but a few (what an event is about, a reason) may be written by
    /// anybody.</summary>
    private static string Plain(string text) =>
        text.EnumerateRunes().All(Kubernetes.ApiFault.IsPrintable)
            ? text
            : string.Concat(text.EnumerateRunes().Select(rune => Kubernetes.ApiFault.IsPrintable(rune) ? rune.ToString() : " "));

    /// <summary>Writes a text after its label, the further lines below the first.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="label">What stands before the first line; its length is the indentation of the others.</param>
    /// <param name="text">The text; its words are separated by spaces.</param>
    /// <param name="start">The column where the label begins.</param>
    public static void Wrap(StringBuilder output, string label, string text, int start = 0)
    {
        output.Append(label);
        var margin = start + label.Length;
        var column = margin;
        var first = true;
        foreach (var word in Plain(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!first && column + 1 + word.Length > Width)
            {
                output.Append('\n').Append(' ', margin);
                column = margin;
                first = true;
            }

            if (!first)
            {
                output.Append(' ');
                column++;
            }

            output.Append(word);
            column += word.Length;
            first = false;
        }

        output.Append('\n');
    }

    /// <summary>Writes rows with aligned columns; the last column is wrapped, below its row where the others leave too little
    /// room.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="indent">What stands before each line.</param>
    /// <param name="rows">The cells; all rows have as many.</param>
    /// <param name="paint">Colours the cells before the last one, after they were padded.</param>
    public static void Table(StringBuilder output, string indent, IReadOnlyList<string[]> rows, Func<string, string>? paint = null)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows[0].Length - 1];
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], row[column].Length);
        }

        var start = indent.Length + widths.Sum(width => width + 2);
        var below = start > Width - LeastColumn;

        foreach (var row in rows)
        {
            output.Append(indent);
            for (var column = 0; column < widths.Length; column++)
            {
                var cell = Plain(row[column]);
                if (!below || column < widths.Length - 1)
                    cell = cell.PadRight(below ? Math.Min(widths[column], Width / 2) : widths[column]) + "  ";
                output.Append(paint?.Invoke(cell) ?? cell);
            }

            if (below)
                Wrap(output.Append('\n'), indent + "    ", row[^1]);
            else
                Wrap(output, "", row[^1], start);
        }
    }
}
