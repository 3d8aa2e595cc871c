namespace WaitFor.Migrate.Sql;

/// <summary>Takes a script apart into statements, as psql does: a semicolon ends one where it stands outside of quotes, comments,
/// parentheses and the body of an SQL routine.
/// <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html"/></summary>
internal sealed class Splitter
{
    private readonly string _file;
    private readonly string _text;
    private readonly List<Statement> _statements = [];
    private readonly List<string> _words = [];
    private readonly List<Range> _comments = [];
    private int _at;
    private int _start = -1;
    private int _end;
    private int _parentheses;
    private int _blocks;
    private bool _copies;
    private bool _escapes;
    private (int Offset, int Line, int Column) _counted = (0, 1, 1);

    private Splitter(string file, string text) => (_file, _text) = (file, text);

    /// <summary>Splits a script.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ScriptException">A quote or comment is not ended, or the script holds what only psql understands.</exception>
    public static IReadOnlyList<Statement> Split(string file, string text) => new Splitter(file, text).Run();

    /// <summary>The comments from two hyphens to the line's end, without the hyphens, each with its line: not what looks like one in a
    /// quote, a dollar quote or the data of COPY.</summary>
    /// <inheritdoc cref="Split" path="/param|/exception"/>
    public static IEnumerable<(string Text, int Line)> Comments(string file, string text)
    {
        var splitter = new Splitter(file, text);
        splitter.Run();
        return splitter._comments.Select(range => (text[range], text.AsSpan(0, range.Start.Value).Count('\n') + 1));
    }

    private List<Statement> Run()
    {
        // The protocol ends a text there: the server would see a broken message, and end the connection.
        if (_text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var nul)
            throw Wrong(nul, "the file has a NUL byte, which no statement can contain", "save the file as UTF-8 text");
        // A byte order mark is no part of the first statement.
        _at = _counted.Offset = _text.StartsWith('\uFEFF') ? 1 : 0;
        while (_at < _text.Length)
            Step();
        Finish(_text.Length);
        return _statements;
    }

    private void Step()
    {
        var (begin, unit) = (_at, _text[_at]);
        switch (unit)
        {
            case '-' when Next == '-':
                SkipLine();
                _comments.Add((begin + 2)..Math.Max(begin + 2, _text[_at - 1] is '\r' or '\n' ? _at - 1 : _at));
                return;
            case '/' when Next == '*':
                SkipComment();
                return;
            case '\'':
                SkipQuoted('\'', _escapes, "quote");
                break;
            case '"':
                SkipQuoted('"', escapes: false, "quoted name");
                break;
            case '$' when SkipDollarQuoted():
                break;
            case '\\' when _start < 0 && IsRestriction():
                SkipLine();
                return;
            case '\\':
                throw Wrong(
                    begin,
                    "a backslash command is psql's own",
                    "write it as SQL, or run the script with migrate exec -- psql -f FILE"
                );
            case ';' when _parentheses == 0 && _blocks == 0:
                var copies = _copies;
                Finish(_at);
                _at++;
                if (copies)
                    ReadData();
                return;
            case var _ when char.IsWhiteSpace(unit):
                _at++;
                return;
            case var _ when IsWordStart(unit):
                ReadWord();
                break;
            default:
                _parentheses += unit switch
                {
                    '(' => 1,
                    ')' when _parentheses > 0 => -1,
                    _ => 0,
                };
                _at++;
                break;
        }

        if (_start < 0)
            _start = begin;
        _end = _at;
    }

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    /// <summary>pg_dump puts its output between these two lines since August 2025, so that psql reads no command from the data.
    /// <see href="https://www.postgresql.org/docs/current/app-psql.html"/></summary>
    private bool IsRestriction() =>
        _text.AsSpan(_at).StartsWith("\\restrict ", StringComparison.Ordinal)
        || _text.AsSpan(_at).StartsWith("\\unrestrict ", StringComparison.Ordinal);

    /// <summary>The lines after <c>COPY ... FROM stdin;</c>, as they are, up to <c>\.</c> alone on a line.
    /// <see href="https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2"/></summary>
    private void ReadData()
    {
        var after = _at;
        var rest = _text.AsSpan(_at);
        var first = rest.IndexOf('\n');
        if (!(first < 0 ? rest : rest[..first]).IsWhiteSpace())
            throw Wrong(after, "the data of COPY ... FROM stdin begin on the line after it", "put what follows it on this line elsewhere");
        var begin = first < 0 ? _text.Length : _at + first + 1;
        for (_at = begin; _at < _text.Length; )
        {
            var length = _text.AsSpan(_at).IndexOf('\n') is >= 0 and var end ? end : _text.Length - _at;
            if (_text.AsSpan(_at, length).TrimEnd('\r') is "\\.")
            {
                _statements[^1] = _statements[^1] with { Data = _text[begin.._at] };
                _at += length;
                return;
            }

            _at = Math.Min(_at + length + 1, _text.Length);
        }

        throw Wrong(after - 1, "the data of this COPY ... FROM stdin are not ended", "end them with \\. alone on a line");
    }

    /// <summary>A lone carriage return ends a comment too.</summary>
    private void SkipLine()
    {
        var end = _text.AsSpan(_at).IndexOfAny('\r', '\n');
        _at = end < 0 ? _text.Length : _at + end + 1;
    }

    /// <summary>Comments nest.</summary>
    private void SkipComment()
    {
        var (begin, depth) = (_at, 0);
        do
        {
            if (_at + 1 >= _text.Length)
                throw Wrong(begin, "the comment that begins here is not ended", "end it with */");
            if (_text[_at] == '/' && Next == '*')
                (depth, _at) = (depth + 1, _at + 2);
            else if (_text[_at] == '*' && Next == '/')
                (depth, _at) = (depth - 1, _at + 2);
            else
                _at++;
        } while (depth > 0);
    }

    /// <summary>A doubled quote is a quote; with escapes (<c>E'...'</c>) so is one after a backslash.</summary>
    private void SkipQuoted(char quote, bool escapes, string what)
    {
        var begin = _at++;
        while (_at < _text.Length)
        {
            if (escapes && _text[_at] == '\\')
                _at += 2;
            else if (_text[_at] != quote)
                _at++;
            else if (Next == quote)
                _at += 2;
            else
            {
                _at++;
                return;
            }
        }

        throw Wrong(begin, $"the {what} that begins here is not ended", $"end it with {quote}");
    }

    /// <summary><c>$$...$$</c> or <c>$tag$...$tag$</c>; a lone dollar, or a parameter such as $1, is none.</summary>
    private bool SkipDollarQuoted()
    {
        var end = _at + 1;
        while (end < _text.Length && (end == _at + 1 ? IsWordStart(_text[end]) : IsWordPart(_text[end])) && _text[end] != '$')
            end++;
        if (end >= _text.Length || _text[end] != '$')
            return false;
        var tag = _text[_at..(end + 1)];
        var close = _text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        if (close < 0)
            throw Wrong(_at, $"the text in {tag} that begins here is not ended", $"end it with {tag}");
        _at = close + tag.Length;
        return true;
    }

    private void ReadWord()
    {
        var begin = _at;
        while (_at < _text.Length && IsWordPart(_text[_at]))
            _at++;
        var word = _text[begin.._at].ToLowerInvariant();
        // E'...' takes backslashes; the other prefixed quotes (B, X, N, U&) do not.
        if (word == "e" && _at < _text.Length && _text[_at] == '\'')
        {
            do SkipQuoted('\'', escapes: true, "quote");
            while (GoesOn());
            return;
        }

        _words.Add(word);
        TrackBlocks(word);
        if (_parentheses == 0 && _words is ["copy", .., "from", "stdin"])
            _copies = true;
        if (_parentheses == 0 && _words is ["copy", .., "to", "stdout"])
            throw Wrong(
                begin,
                "COPY ... TO stdout would print rows, which migrate does not read",
                "remove it, or run the script with migrate exec -- psql -f FILE"
            );
    }

    /// <summary>After a line end, and comments, a literal goes on with another quote, and has the escapes of its beginning.</summary>
    private bool GoesOn()
    {
        var (end, line) = (_at, false);
        while (end < _text.Length && _text[end] is ' ' or '\t' or '\f' or '\v' or '\r' or '\n' or '-')
        {
            if (_text.AsSpan(end).StartsWith("--"))
                end += _text.AsSpan(end).IndexOfAny('\r', '\n') is >= 0 and var length ? length : _text.Length - end;
            else if (_text[end] == '-')
                return false;
            else
                line |= _text[end++] is '\r' or '\n';
        }

        if (!line || end >= _text.Length || _text[end] != '\'')
            return false;
        _at = end;
        return true;
    }

    /// <summary>In a routine with a body of SQL (<c>BEGIN ATOMIC ... END</c>, PostgreSQL 14) semicolons end inner statements; CASE has an
    /// END of its own.</summary>
    private void TrackBlocks(string word)
    {
        if (_words is not (["create", "function" or "procedure", ..] or ["create", "or", "replace", "function" or "procedure", ..]))
            return;
        // BEGIN ATOMIC does not nest, and begin is a name within it.
        if (_blocks == 0)
            _blocks = word == "atomic" && _words is [.., "begin", "atomic"] ? 1 : 0;
        else
            _blocks += word switch
            {
                "case" => 1,
                "end" => -1,
                _ => 0,
            };
    }

    private void Finish(int end)
    {
        if (_start >= 0)
        {
            if (end == _text.Length && _parentheses > 0)
                throw Wrong(_start, "a parenthesis of the statement that begins here is not closed", "close it");
            if (end == _text.Length && _copies)
                throw Wrong(_start, "there are no data for this COPY ... FROM stdin", "end it with a semicolon, the data with \\.");
            if (end == _text.Length && _blocks > 0)
                throw Wrong(_start, "the BEGIN ATOMIC, or a CASE in it, of the statement that begins here is not ended", "end it with END");
            var (line, column) = Position(_start);
            _statements.Add(new Statement(_text[_start.._end], _start, line, column));
            _escapes = SessionSettings.BackslashEscapes(_statements[^1]) ?? _escapes;
        }

        (_start, _parentheses, _blocks, _copies) = (-1, 0, 0, false);
        _words.Clear();
    }

    private static bool IsWordStart(char unit) => char.IsAsciiLetter(unit) || unit is '_' or >= '\u0080';

    private static bool IsWordPart(char unit) => IsWordStart(unit) || char.IsAsciiDigit(unit) || unit == '$';

    /// <summary>Line and column, in code points; goes on from the position that was asked for last, as all are asked for in their
    /// order.</summary>
    private (int Line, int Column) Position(int offset)
    {
        var (from, line, column) = _counted;
        foreach (var rune in _text.AsSpan(from..offset).EnumerateRunes())
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        _counted = (offset, line, column);
        return (line, column);
    }

    private ScriptException Wrong(int offset, string why, string next)
    {
        var (line, column) = Position(offset);
        return new ScriptException($"{_file}, line {line}, column {column}: {why}; {next}");
    }
}
