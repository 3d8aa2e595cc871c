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

    /// <summary>A table in Markdown.</summary>
    public static string Markdown(IReadOnlyList<HelpOption> options)
    {
        var text = new StringBuilder("| option | default | |\n|---|---|---|\n");
        foreach (var option in options)
            text.Append($"| `{Head(option)}` | {(option.Default.Length > 0 ? $"`{option.Default}`" : "")} | {option.Text} |\n");
        return text.ToString();
    }

    private static string Head(HelpOption option) => option.Value.Length > 0 ? $"{option.Names} {option.Value}" : option.Names;

    private static string Lines(IEnumerable<HelpOption> options)
    {
        var lines = new List<string>();
        foreach (var option in options)
        {
            // Long names stand below each other, with or without a short one.
            var head = (option.Names.StartsWith("--", StringComparison.Ordinal) ? "      " : "  ") + Head(option);
            var text = option.Default.Length > 0 ? $"{option.Text} (default: {option.Default})" : option.Text;
            if (head.Length >= Column - 1)
            {
                lines.Add(head);
                head = "";
            }

            foreach (var line in Wrapped(text, Width - Column))
            {
                lines.Add(head.PadRight(Column) + line);
                head = "";
            }
        }

        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Wrapped(string text, int width)
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
