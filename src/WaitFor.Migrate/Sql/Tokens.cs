namespace WaitFor.Migrate.Sql;

/// <summary>The words, quoted names and signs of a statement that the splitter has found to be whole; comments are passed over.</summary>
internal sealed class Tokens(string text)
{
    private int _at;

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

    /// <summary>Takes the next token: a word in lower case, a quoted name with its quotes, or a sign; null at the end.</summary>
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
            return text[begin.._at].ToLowerInvariant();
        }

        if (text[_at] == '"')
        {
            _at++;
            while (_at < text.Length && (text[_at] != '"' || (_at + 1 < text.Length && text[_at + 1] == '"')))
                _at += text[_at] == '"' ? 2 : 1;
            _at = Math.Min(_at + 1, text.Length);
            return text[begin.._at];
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

    /// <summary>Takes a name, as the catalog has it: in lower case unless it is quoted; null where there is none.</summary>
    public string? Name()
    {
        var token = Next();
        return token switch
        {
            null => null,
            ['"', .. var quoted, '"'] => quoted.Replace("\"\"", "\"", StringComparison.Ordinal),
            _ => char.IsAsciiLetter(token[0]) || token[0] is '_' or >= '\u0080' ? token : null,
        };
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
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end + 1;
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
                }
                while (depth > 0 && _at < text.Length);
            }
            else
            {
                return;
            }
        }
    }
}
