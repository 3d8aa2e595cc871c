namespace WaitFor.Report.Hints;

/// <summary>Takes apart the messages of Kubernetes' components. They are no API: what is not found is left as it is.</summary>
internal static class Quotes
{
    /// <summary>What follows the first occurrence of a part; the whole text where there is none.</summary>
    public static string After(string text, string part)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? text : text[(at + part.Length)..];
    }

    /// <summary>The quoted name after a word: <c>configmap "shop-db" not found</c>; null where there is none.</summary>
    public static string? NameAfter(string text, string word)
    {
        var start = text.IndexOf(word + " \"", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        start += word.Length + 2;
        var end = text.IndexOf('"', start);
        return end < 0 ? null : text[start..end];
    }

    /// <summary>True when the text has one of these parts, whatever their case.</summary>
    public static bool HasAny(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
