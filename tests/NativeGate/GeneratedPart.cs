namespace WaitFor.Testing;

/// <summary>A part of a page of docs/ that comes from the program's own table: what stands between <c>&lt;!-- generated: NAME --&gt;</c>
/// and <c>&lt;!-- end --&gt;</c>. <see cref="Renewal"/> writes it again.</summary>
public static class GeneratedPart
{
    private const string End = "<!-- end -->";

    /// <summary>The part as it stands in the page.</summary>
    /// <param name="page">The page, from the repository's root.</param>
    /// <param name="name">The part's name.</param>
    /// <param name="generated">What should stand there.</param>
    /// <exception cref="InvalidOperationException">The page has no such part.</exception>
    public static string Read(string page, string name, string generated)
    {
        var file = Path.Combine(Repository.Root, page);
        var text = File.ReadAllText(file);
        var mark = $"<!-- generated: {name} -->\n";
        var start = text.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        var end = start < mark.Length ? -1 : text.IndexOf(End, start, StringComparison.Ordinal);
        if (end < 0)
            throw new InvalidOperationException($"{page} has no part between {mark.TrimEnd()} and {End}");
        if (Renewal.IsOn && text[start..end] != generated)
        {
            text = text[..start] + generated + text[end..];
            File.WriteAllText(file, text);
            end = start + generated.Length;
        }

        return text[start..end];
    }
}
