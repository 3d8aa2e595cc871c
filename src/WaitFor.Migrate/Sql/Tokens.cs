namespace WaitFor.Migrate.Sql;

/// <summary>The words, quoted names and signs of a statement that the splitter has found to be whole; comments are skipped.</summary>
internal sealed class Tokens(string text)
{
    private int _at;

    /// <summary>What stands for every literal.</summary>
    public const string Literal = "'";

    private static readonly System.Buffers.SearchValues<char> NoTag = System.Buffers.SearchValues.Create(" \t\r\n\f\v'\"();,.-+*/=<>:[]{}");

    /// <summary>The longest name of the catalog, in bytes.</summary>
    private const int LongestName = 63;

    /// <summary>The next token, without taking it; null at the end.</summary>
    public string? Peek
    {
        get
        {
            var at = _at;
            var token = Next();
            _at = at;
            return token;
        }
    }

    /// <summary>Behind the last token that was taken, in UTF-16 units.</summary>
    public int Position => _at;

    /// <summary>Takes the next token: a word in lower case, a quoted name with its quotes, <see cref="Literal"/>, or a sign; null at the
    /// end.</summary>
    public string? Next()
    {
        SkipBlanks();
        if (_at >= text.Length)
            return null;
        var begin = _at;
        if (char.IsAsciiLetter(text[_at]) || text[_at] is '_' or >= '\u0080')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '$' or >= '\u0080'))
                _at++;
            var word = Fold(text[begin.._at]);
            if (word == "e" && _at < text.Length && text[_at] == '\'')
            {
                SkipQuoted('\'', escapes: true);
                return Literal;
            }

            return word;
        }

        if (text[_at] == '"')
        {
            SkipQuoted('"', escapes: false);
            return text[begin.._at];
        }

        if (text[_at] == '\'')
        {
            SkipQuoted('\'', escapes: false);
            return Literal;
        }

        // The splitter has found the end of each: $1 is none.
        if (
            text[_at] == '$'
            && text.IndexOf('$', _at + 1) is > 0 and var tag
            && !text.AsSpan(_at + 1, tag - _at - 1).ContainsAny(NoTag)
            && (tag == _at + 1 || !char.IsAsciiDigit(text[_at + 1]))
            && text.IndexOf(text[_at..(tag + 1)], tag + 1, StringComparison.Ordinal) is > 0 and var end
        )
        {
            _at = end + tag + 1 - begin;
            return Literal;
        }

        _at++;
        return text[begin.._at];
    }

    /// <summary>Takes the next token if it is this one.</summary>
    public bool Take(string token)
    {
        var at = _at;
        if (Next() == token)
            return true;
        _at = at;
        return false;
    }

    /// <summary>True where a token is among those that are left.</summary>
    public bool Any(string token)
    {
        while (Next() is { } next)
        {
            if (next == token)
                return true;
        }

        return false;
    }

    /// <summary>Takes a name, as the catalog has it: in lower case unless it is quoted, and cut; null where there is none.</summary>
    public string? Name()
    {
        var token = Next();
        return token switch
        {
            null => null,
            ['"', .. var quoted, '"'] => Cut(quoted.Replace("\"\"", "\"", StringComparison.Ordinal)),
            _ => char.IsAsciiLetter(token[0]) || token[0] is '_' or >= '\u0080' ? Cut(token) : null,
        };
    }

    /// <summary>PostgreSQL folds A to Z only.</summary>
    private static string Fold(string word) => string.Create(word.Length, word, (folded, from) =>
        {
            for (var index = 0; index < from.Length; index++)
                folded[index] = char.IsAsciiLetterUpper(from[index]) ? char.ToLowerInvariant(from[index]) : from[index];
        });

    private static string Cut(string name)
    {
        var (length, bytes) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > LongestName)
                return name[..length];
            length += rune.Utf16SequenceLength;
        }

        return name;
    }

    private void SkipQuoted(char quote, bool escapes)
    {
        _at++;
        while (_at < text.Length && (text[_at] != quote || (_at + 1 < text.Length && text[_at + 1] == quote)))
            _at += text[_at] == quote || (escapes && text[_at] == '\\') ? 2 : 1;
        _at = Math.Min(_at + 1, text.Length);
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
            else if (text.AsSpan(_at).StartsWith("--"))
            {
                var end = text.AsSpan(_at).IndexOfAny('\r', '\n');
                _at = end < 0 ? text.Length : _at + end + 1;
            }
            else if (text.AsSpan(_at).StartsWith("/*"))
            {
                var depth = 0;
                do
                {
                    if (text.AsSpan(_at).StartsWith("/*"))
                        (depth, _at) = (depth + 1, _at + 2);
                    else if (text.AsSpan(_at).StartsWith("*/"))
                        (depth, _at) = (depth - 1, _at + 2);
                    else
                        _at++;
                } while (depth > 0 && _at < text.Length);
            }
            else
            {
                return;
            }
        }
    }
}
