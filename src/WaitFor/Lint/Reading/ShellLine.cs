using System.Text;

namespace WaitFor.Lint.Reading;

/// <summary>Splits a shell script into its simple commands, as far as a gate or a migration is written in one: words with quotes and
/// variables, lists, pipes, loops and conditions. What only the running shell knows becomes <see cref="Variables.Unknown"/>.
/// <see href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html"/></summary>
internal sealed class ShellLine
{
    /// <summary>Words that begin a compound command, or stand before a simple one.</summary>
    private static readonly HashSet<string> Leading = new(StringComparer.Ordinal)
    {
        "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "{", "}", "!", "exec", "time", "nohup", "command",
    };

    private readonly string _text;
    private readonly Func<string, string?> _variable;
    private readonly List<IReadOnlyList<string>> _commands = [];
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private bool _begun;
    private bool _redirected;
    private int _at;

    private ShellLine(string text, Func<string, string?> variable) => (_text, _variable) = (text, variable);

    /// <summary>The simple commands, without the assignments and reserved words before them.</summary>
    /// <param name="text">The script.</param>
    /// <param name="variable">The value of a variable; null where it is not known.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Commands(string text, Func<string, string?> variable)
    {
        var line = new ShellLine(text, variable);
        line.Read();
        return line._commands;
    }

    private void Read()
    {
        while (_at < _text.Length)
        {
            var unit = _text[_at++];
            switch (unit)
            {
                case '\'':
                    Take(Until('\''));
                    break;
                case '"':
                    DoubleQuoted();
                    break;
                case '\\':
                    Escaped();
                    break;
                case '$':
                    Take(Variable());
                    break;
                case '`':
                    Until('`');
                    Take(Variables.Unknown);
                    break;
                case '#' when !_begun:
                    Until('\n');
                    EndCommand();
                    break;
                case ';' or '\n' or '&' or '|' or '(' or ')':
                    EndCommand();
                    break;
                case '<' or '>':
                    Redirection();
                    break;
                case ' ' or '\t' or '\r':
                    EndWord();
                    break;
                default:
                    Take(unit.ToString());
                    break;
            }
        }

        EndCommand();
    }

    private void Take(string text)
    {
        _word.Append(text);
        _begun = true;
    }

    private string Until(char end)
    {
        var start = _at;
        var index = _text.IndexOf(end, _at);
        _at = index < 0 ? _text.Length : index + 1;
        return _text[start..(index < 0 ? _text.Length : index)];
    }

    private void DoubleQuoted()
    {
        Take("");
        while (_at < _text.Length && _text[_at] != '"')
        {
            var unit = _text[_at++];
            if (unit == '$')
                Take(Variable());
            else if (unit == '`')
                Take(Until('`') is var _ ? Variables.Unknown : "");
            else if (unit == '\\' && _at < _text.Length && _text[_at] is '"' or '\\' or '$' or '`' or '\n')
                Escaped();
            else
                Take(unit.ToString());
        }

        _at++;
    }

    private void Escaped()
    {
        // A line that goes on.
        if (_at < _text.Length && _text[_at] != '\n')
            Take(_text[_at].ToString());
        _at++;
    }

    /// <summary>What stands behind a dollar sign: a name, braces, a command or arithmetic.</summary>
    private string Variable()
    {
        if (_at >= _text.Length)
            return "$";
        if (_text[_at] == '(')
        {
            Nested('(', ')');
            return Variables.Unknown;
        }

        if (_text[_at] == '{')
        {
            var inside = Nested('{', '}');
            var end = NameEnd(inside, 0);
            var plain = end == inside.Length || inside.AsSpan(end) is [':', '-' or '?', ..];
            return plain && _variable(inside[..end]) is { Length: > 0 } value ? value : Variables.Unknown;
        }

        var after = NameEnd(_text, _at);
        if (after == _at)
        {
            // $1, $?, $@
            _at += _text[_at] is '"' or '\'' or ' ' ? 0 : 1;
            return Variables.Unknown;
        }

        var name = _text[_at..after];
        _at = after;
        return _variable(name) ?? Variables.Unknown;
    }

    private string Nested(char open, char close)
    {
        var (start, depth) = (++_at, 1);
        for (; _at < _text.Length && depth > 0; _at++)
            depth += _text[_at] == open ? 1 : _text[_at] == close ? -1 : 0;
        return _text[start..Math.Max(start, depth == 0 ? _at - 1 : _at)];
    }

    private static int NameEnd(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        return at;
    }

    private void Redirection()
    {
        // The number of a file belongs to it: 2>/dev/null.
        if (_begun && _word.ToString().All(char.IsAsciiDigit))
            (_word.Length, _begun) = (0, false);
        EndWord();
        while (_at < _text.Length && _text[_at] is '<' or '>' or '&')
            _at++;
        _redirected = true;
    }

    private void EndWord()
    {
        if (!_begun)
            return;
        if (!_redirected)
            _words.Add(_word.ToString());
        (_redirected, _begun, _word.Length) = (false, false, 0);
    }

    private void EndCommand()
    {
        EndWord();
        _redirected = false;
        var words = _words.SkipWhile(word => Leading.Contains(word) || IsAssignment(word)).ToList();
        _words.Clear();
        if (words.Count > 0)
            _commands.Add(words);
    }

    private static bool IsAssignment(string word)
    {
        var end = NameEnd(word, 0);
        return end > 0 && end < word.Length && word[end] == '=' && !char.IsAsciiDigit(word[0]);
    }
}
