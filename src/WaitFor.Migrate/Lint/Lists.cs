namespace WaitFor.Migrate.Lint;

/// <summary>Takes lists of SQL apart.</summary>
internal static class Lists
{
    /// <summary>The items between commas that stand outside of parentheses and quotes.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var items = new List<string>();
        var (begin, depth, quote) = (0, 0, '\0');
        for (var at = 0; at < text.Length; at++)
        {
            var unit = text[at];
            if (quote != '\0')
                quote = unit == quote ? '\0' : quote;
            else if (unit is '\'' or '"')
                quote = unit;
            else if (unit is '(' or '[')
                depth++;
            else if (unit is ')' or ']')
                depth--;
            else if (unit == ',' && depth == 0)
                (items, begin) = ([.. items, text[begin..at].Trim()], at + 1);
        }

        if (text[begin..].Trim() is { Length: > 0 } last)
            items.Add(last);
        return items;
    }
}
