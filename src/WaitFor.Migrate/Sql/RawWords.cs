namespace WaitFor.Migrate.Sql;

/// <summary>The words of a text without regard to quotes and comments, in lower case, and the signs between them: what a
/// <c>DO</c> block holds, and what it builds in literals. Good enough to ask whether a name is mentioned.</summary>
internal static class RawWords
{
    /// <summary>The words and signs, in order; quotes and blanks are left out.</summary>
    public static IEnumerable<string> Of(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] is '\'' or '"')
                continue;
            var begin = at;
            while (at < text.Length && IsPart(text[at]))
                at++;
            yield return at > begin ? text[begin..at--].ToLowerInvariant() : text[at].ToString();
        }
    }

    /// <summary>True where a text has a word.</summary>
    public static bool Has(string text, string word) => Of(text).Contains(word, StringComparer.OrdinalIgnoreCase);

    private static bool IsPart(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '_' or >= '\u0080';
}
