using System.Text;

namespace WaitFor.Process.Help;

/// <summary>Tables of options: for a terminal, and for the pages of docs/.</summary>
public static class OptionTable
{
    /// <summary>Terminals are at least this wide, or wrap by themselves.</summary>
    private const int Width = 120;

    private const int Column = 32;

    /// <summary>The options that the overview shows.</summary>
    public static string Common(IReadOnlyList<HelpGroup> groups) =>
        Lines(groups.SelectMany(group => group.Options).Where(option => option.Common));

    /// <summary>All options, under their headings.</summary>
    public static string All(IReadOnlyList<HelpGroup> groups) =>
        string.Join("\n\n", groups.Select(group => $"{group.Title}:\n{Lines(group.Options)}"));

    /// <summary>Options without headings.</summary>
    public static string Of(IReadOnlyList<HelpOption> options) => Lines(options);

    /// <summary>A table in Markdown.</summary>
    public static string Markdown(IReadOnlyList<HelpOption> options)
    {
        var text = new StringBuilder("| option | default | |\n|---|---|---|\n");
        foreach (var option in options)
            text.Append($"| `{Head(option)}` | {(option.Default.Length > 0 ? $"`{option.Default}`" : "")} | {option.Text} |\n");
        return text.ToString();
    }

    private static string Head(HelpOption option) => option.Value.Length > 0 ? $"{option.Names} {option.Value}" : option.Names;

    private static string Lines(IEnumerable<HelpOption> options) =>
        Rows(
            options.Select(option =>
                (
                    // Long names stand below each other, with or without a short one.
                    (option.Names.StartsWith("--", StringComparison.Ordinal) ? "      " : "  ") + Head(option),
                    option.Default.Length > 0 ? $"{option.Text} (default: {option.Default})" : option.Text
                )
            ),
            Column,
            Width
        );

    /// <summary>Two columns for a terminal; what is too long for the first one has a line of its own.</summary>
    /// <param name="rows">What stands in each.</param>
    /// <param name="column">Where the second one begins.</param>
    /// <param name="width">The longest line.</param>
    public static string Rows(IEnumerable<(string Head, string Text)> rows, int column, int width)
    {
        var lines = new List<string>();
        foreach (var (first, text) in rows)
        {
            var head = first;
            if (head.Length >= column - 1)
            {
                lines.Add(head);
                head = "";
            }

            foreach (var line in Wrapped(text, width - column))
            {
                lines.Add(head.PadRight(column) + line);
                head = "";
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>The lines of a text that is broken at spaces.</summary>
    /// <param name="text">The text, in one line.</param>
    /// <param name="width">The longest line.</param>
    public static IEnumerable<string> Wrapped(string text, int width)
    {
        while (text.Length > width)
        {
            var end = text.LastIndexOf(' ', width);
            yield return text[..end];
            text = text[(end + 1)..];
        }

        yield return text;
    }
}
