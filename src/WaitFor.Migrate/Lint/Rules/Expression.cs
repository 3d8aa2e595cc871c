using System.Globalization;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>Compares the expressions of two CHECKs, as PostgreSQL writes them, as far as that needs no understanding.</summary>
internal static class Expression
{
    /// <summary>True where the new one surely takes all that the old one takes: it has one more value in a list, a wider bound, or a
    /// further OR.</summary>
    public static bool IsLooser(string old, string now)
    {
        var (was, words) = (Inner(old), Inner(now));
        return was.SequenceEqual(words, StringComparer.Ordinal)
            || HasOr(was, words)
            || HasMoreValues(was, words)
            || HasWiderBounds(was, words);
    }

    /// <summary><c>a</c>, and then <c>a OR b</c>.</summary>
    private static bool HasOr(List<string> old, List<string> now)
    {
        List<string> whole = ["(", .. old, ")"];
        return Begins(old) || Begins(whole);

        bool Begins(List<string> part) =>
            now.Count > part.Count && now[part.Count] == "OR" && now.Take(part.Count).SequenceEqual(part, StringComparer.Ordinal);
    }

    /// <summary><c>x IN ('a')</c>, and then <c>x IN ('a', 'b')</c>, which PostgreSQL writes with ANY where there are two or more.</summary>
    private static bool HasMoreValues(List<string> old, List<string> now)
    {
        if (List(now) is not { } more)
            return false;
        var values = Values(now, more);
        if (List(old) is { } list)
            return Outside(old, list).SequenceEqual(Outside(now, more), StringComparer.Ordinal) && Values(old, list).All(values.Contains);
        return old.Count > 2
            && old[^2] == "="
            && now.Count > old.Count
            && now[old.Count - 1] == "ANY"
            && now.Take(old.Count - 1).SequenceEqual(old.Take(old.Count - 1), StringComparer.Ordinal)
            && values.Contains(old[^1]);
    }

    /// <summary><c>x &gt; 5</c>, and then <c>x &gt;= 0</c>.</summary>
    private static bool HasWiderBounds(List<string> old, List<string> now)
    {
        if (old.Count != now.Count)
            return false;
        for (var index = 0; index < old.Count; index++)
        {
            if (old[index] is "<" or "<=" or ">" or ">=" && index + 1 < old.Count)
            {
                if (now[index].Length == 0 || now[index][0] != old[index][0] || !IsWider(old, now, index))
                    return false;
                index++;
            }
            else if (old[index] != now[index])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWider(List<string> old, List<string> now, int index)
    {
        var inclusive = (Old: old[index].Length > 1, Now: now[index].Length > 1);
        if (Number(old[index + 1]) is not { } first || Number(now[index + 1]) is not { } second)
            return old[index + 1] == now[index + 1] && (inclusive.Now || !inclusive.Old);
        var further = old[index][0] == '<' ? second.CompareTo(first) : first.CompareTo(second);
        return further > 0 || (further == 0 && (inclusive.Now || !inclusive.Old));
    }

    private static decimal? Number(string word) =>
        decimal.TryParse(word.Trim('\''), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Where the items of the one ARRAY stand.</summary>
    private static (int Begin, int End)? List(List<string> words) =>
        words.IndexOf("ARRAY") is >= 0 and var at
        && words.IndexOf("]", at) is >= 0 and var end
        && words.IndexOf("ARRAY", at + 1) < 0
            ? (at + 2, end)
            : null;

    private static List<string> Values(List<string> words, (int Begin, int End) list) =>
        words[list.Begin..list.End].FindAll(word => word != ",");

    private static IEnumerable<string> Outside(List<string> words, (int Begin, int End) list) =>
        [.. words[..list.Begin], .. words[list.End..]];

    /// <summary>The words within <c>CHECK ((...))</c>, without the parentheses around all of them.</summary>
    private static List<string> Inner(string definition)
    {
        var words = Words(definition);
        if (words is ["CHECK", ..])
            words.RemoveAt(0);
        while (words is ["(", .., ")"] && Encloses(words))
            words = words[1..^1];
        return words;
    }

    private static bool Encloses(List<string> words)
    {
        var depth = 0;
        for (var index = 0; index < words.Count - 1; index++)
        {
            depth += words[index] switch
            {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            if (depth == 0)
                return false;
        }

        return true;
    }

    /// <summary>The names, literals and signs, without casts, and without parentheses around one literal.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var at = 0; at < text.Length; )
        {
            var begin = at;
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            if (text.AsSpan(at).StartsWith("::"))
            {
                at = AfterType(text, at + 2);
                continue;
            }

            if (text[at] is '\'' or '"')
                at = text.IndexOf(text[at], at + 1) is >= 0 and var end ? end + 1 : text.Length;
            else if (IsPart(text[at]))
                while (at < text.Length && IsPart(text[at]))
                    at++;
            else
                at += at + 1 < text.Length && text[at] is '<' or '>' or '!' && text[at + 1] is '=' or '>' ? 2 : 1;
            words.Add(text[begin..at]);
            if (words is [.., "(", [(>= '0' and <= '9') or '-' or '\'', ..] literal, ")"])
                words.RemoveRange(words.Count - 3, 3);
            else
                continue;
            words.Add(literal);
        }

        return words;
    }

    /// <summary>Behind a cast's type, such as <c>character varying(20)[]</c>.</summary>
    private static int AfterType(string text, int at)
    {
        while (at < text.Length && (IsPart(text[at]) || text[at] == '"' || IsBlankInType(text, at)))
            at++;
        if (at < text.Length && text[at] == '(')
            at = text.IndexOf(')', at) + 1;
        return text.AsSpan(at).StartsWith("[]") ? at + 2 : at;
    }

    /// <summary>Types of two words: the keywords behind a cast are in upper case.</summary>
    private static bool IsBlankInType(string text, int at) =>
        text[at] == ' ' && at + 1 < text.Length && char.IsAsciiLetterLower(text[at + 1]);

    private static bool IsPart(char unit) => char.IsLetterOrDigit(unit) || unit is '_' or '$' or '.';
}
