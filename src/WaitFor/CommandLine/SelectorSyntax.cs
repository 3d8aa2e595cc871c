using System.Globalization;

namespace WaitFor.CommandLine;

/// <summary>Checks a label selector's form, so that a typo is reported before anything is sent. The server evaluates it, and decides.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"/></summary>
internal sealed class SelectorSyntax
{
    private const string Symbols = "=!<>(),";
    private readonly string _text;
    private int _position;

    private SelectorSyntax(string text) => _text = text;

    /// <summary>Why a text is no selector; null when it is one.</summary>
    public static string? Problem(string selector)
    {
        if (string.IsNullOrWhiteSpace(selector))
            return "it is empty";
        return new SelectorSyntax(selector).Requirements();
    }

    /// <summary>requirement ("," requirement)*</summary>
    private string? Requirements()
    {
        while (true)
        {
            if (Requirement() is { } problem)
                return problem;
            var token = Next();
            if (token.Length == 0)
                return null;
            if (token is not ",")
                return $"a comma is expected before \"{token}\"";
        }
    }

    /// <summary>"!" key | key [("=" | "==" | "!=" | "&gt;" | "&lt;") value | ("in" | "notin") "(" value ("," value)* ")"]</summary>
    private string? Requirement()
    {
        var key = Next();
        var negated = key is "!";
        if (negated)
            key = Next();
        if (key.Length == 0 || Symbols.Contains(key[0], StringComparison.Ordinal))
            return key.Length == 0 ? "a label key is missing at its end" : $"a label key is expected instead of \"{key}\"";
        if (Names.ProblemOfLabelKey(key) is { } problem)
            return problem;

        if (Peek() is "" or ",")
            return null;
        var operation = Next();
        switch (operation)
        {
            case not "" when negated:
                return $"after \"!{key}\" a comma or the end is expected, not \"{operation}\"";
            case "=" or "==" or "!=":
                return Value();
            case ">" or "<":
                var number = Next();
                return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    ? null
                    : $"\"{key} {operation}\" needs a whole number, not \"{number}\"";
            case "in" or "notin":
                return Values(operation);
            default:
                return $"\"{operation}\" is not an operator (=, ==, !=, in, notin, >, <)";
        }
    }

    /// <summary>A value may be empty: "app=" asks for an empty one.</summary>
    private string? Value()
    {
        if (Peek() is "" or ",")
            return null;
        var value = Next();
        return Symbols.Contains(value[0], StringComparison.Ordinal)
            ? $"a value is expected instead of \"{value}\""
            : Names.ProblemOfLabelValue(value);
    }

    private string? Values(string operation)
    {
        if (Next() is not "(")
            return $"\"{operation}\" needs values in parentheses, such as \"env {operation} (prod, staging)\"";
        while (true)
        {
            if (Peek() is not ("," or ")") && Value() is { } problem)
                return problem;
            switch (Next())
            {
                case ")":
                    return null;
                case ",":
                    continue;
                case "":
                    return "a closing parenthesis is missing";
                case var other:
                    return $"a comma or a closing parenthesis is expected before \"{other}\"";
            }
        }
    }

    private string Peek()
    {
        var before = _position;
        var token = Next();
        _position = before;
        return token;
    }

    /// <summary>The next operator or word; empty at the end.</summary>
    private string Next()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
            _position++;
        if (_position == _text.Length)
            return "";
        var start = _position++;
        if (_text[start] is '=' or '!' && _position < _text.Length && _text[_position] == '=')
            _position++;
        else if (!Symbols.Contains(_text[start], StringComparison.Ordinal))
            while (
                _position < _text.Length
                && !Symbols.Contains(_text[_position], StringComparison.Ordinal)
                && !char.IsWhiteSpace(_text[_position])
            )
                _position++;
        return _text[start.._position];
    }
}
