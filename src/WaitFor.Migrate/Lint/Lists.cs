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

    /// <summary>True where the text's first parenthesis closes at its end.</summary>
    public static bool Encloses(string text)
    {
        var (depth, quoted) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\'')
                quoted = !quoted;
            if (quoted)
                continue;
            depth += text[at] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0)
                return at == text.Length - 1;
        }

        return false;
    }
}
