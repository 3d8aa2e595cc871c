using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WaitFor.Verdicts.Conditions;

internal sealed class JsonPathException(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}

/// <summary>Parses kubectl's dialect of JSONPath, by hand.
/// <see href="https://kubernetes.io/docs/reference/kubectl/jsonpath/"/></summary>
internal sealed class JsonPathParser(string text)
{
    private int _at;
    private int _end = text.Length;

    /// <summary>The end of the expression at the beginning of a text: behind the closing brace, or before the first <c>=</c> that is not
    /// within brackets. The text's end where it has no end of its own.</summary>
    public static int EndOf(string text)
    {
        var (braced, depth, quote) = (text is ['{', ..], 0, '\0');
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character == '\\')
                at++;
            else if (quote != '\0')
                quote = character == quote ? '\0' : quote;
            else if (depth > 0 && (character is '"' or '\''))
                quote = character;
            else if (character == '[')
                depth++;
            else if (character == ']')
                depth--;
            else if (braced ? character == '}' : character == '=' && depth <= 0)
                return braced ? at + 1 : at;
        }

        return text.Length;
    }

    public IReadOnlyList<Step> Expression()
    {
        if (text is ['{', ..])
        {
            if (text is not [.., '}'])
                throw Error(0, "the brace { is not closed");
            (_at, _end) = (1, text.Length - 1);
        }

        Spaces();
        if (_at == _end)
            throw Error(_at, "the expression is empty");
        return Steps();
    }

    /// <summary>Steps up to the end.</summary>
    private List<Step> Steps()
    {
        var steps = new List<Step>();
        var beginning = _at;
        if (Here is '$' or '@')
            _at++;
        for (Spaces(); _at < _end; Spaces())
        {
            var start = _at;
            if (Next(".."))
            {
                if (steps is [.., Step.Recursive])
                    throw Error(start, "\"..\" stands twice");
                _at += 2;
                steps.Add(new Step.Recursive());
                if (_at < _end && Here is not ('[' or ' '))
                    steps.Add(Field());
            }
            else if (Here == '.')
            {
                _at++;
                // The whole object, or a list in it: {.} and {.[0]}.
                if (steps.Count > 0 || (_at < _end && Here != '['))
                    steps.Add(Field());
            }
            else if (Here == '[')
                steps.Add(Bracket());
            else if (start == beginning)
                steps.Add(Field());
            else
                throw Unexpected();
        }

        return steps;
    }

    private Step Field()
    {
        var start = _at;
        if (_at < _end && Here == '*' && (_at + 1 == _end || text[_at + 1] is '.' or '[' or ' '))
        {
            _at++;
            return new Step.Wildcard();
        }

        var name = new StringBuilder();
        while (_at < _end && Here is not (' ' or '.' or '[' or ']' or ',' or '$' or '@'))
        {
            // Behind a backslash every character is part of the name.
            if (Here == '\\')
            {
                if (++_at == _end)
                    throw Error(_at - 1, "nothing follows the backslash");
            }
            else if (char.IsControl(Here) || "\"'(){}=!<>|&?*;".Contains(Here))
                throw Unexpected();
            name.Append(text[_at++]);
        }

        return name.Length > 0 ? new Step.Field(name.ToString()) : throw Error(start, "a name is missing");
    }

    private Step Bracket()
    {
        var start = _at++;
        if (Next("?("))
            return Filter(start);
        var branches = new List<Step>();
        do
        {
            Spaces();
            branches.Add(Item(start));
            Spaces();
        } while (_at < _end && Here == ',' && ++_at > 0);

        if (_at == _end)
            throw Error(start, "the bracket [ is not closed");
        if (text[_at++] != ']')
            throw Error(_at - 1, $"unexpected character '{text[_at - 1]}'");
        return branches is [var one] ? one : new Step.Union(branches);
    }

    /// <summary>What stands between brackets: <c>*</c>, a name in quotes, a number, a slice.</summary>
    private Step Item(int bracket)
    {
        if (_at == _end)
            throw Error(bracket, "the bracket [ is not closed");
        var start = _at;
        if (Here == '*')
        {
            _at++;
            return new Step.Slice(null, null, 1, One: false);
        }

        if (Here is '"' or '\'')
            return Quoted() is { Length: > 0 } name ? new Step.Field(name) : throw Error(start, "a name is missing");
        while (_at < _end && (char.IsAsciiDigit(Here) || Here is '-' or ':'))
            _at++;
        var parts = text[start.._at].Split(':');
        if (parts.Length > 3 || (parts.Length == 1 && parts[0].Length == 0))
            throw _at < _end ? Unexpected() : Error(bracket, "the bracket [ is not closed");
        var numbers = parts.Select(part => part.Length == 0 ? (int?)null : Number(part, start)).ToList();
        if (numbers.Count == 3 && numbers[2] is <= 0)
            throw Error(start, "the step of a slice is 1 or more");
        return new Step.Slice(numbers[0], numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2) ?? 1, One: parts.Length == 1);
    }

    private Step.Filter Filter(int bracket)
    {
        _at += 2;
        var (start, end) = (_at, _end);
        // The end of the condition, and its operator.
        var (comparison, quote) = (-1, '\0');
        for (; _at < end && !(quote == '\0' && Here == ')'); _at++)
        {
            if (Here == '\\' && _at + 1 < end)
                _at++;
            else if (quote != '\0')
                quote = Here == quote ? '\0' : quote;
            else if (Here is '"' or '\'')
                quote = Here;
            else if (comparison < 0 && (Here is '=' or '!' or '<' or '>'))
                comparison = _at;
        }

        if (_at + 1 >= end || text[_at + 1] != ']')
            throw Error(bracket, quote != '\0' ? "a quote in the filter is not closed" : "the filter [?( is not closed by )]");
        var close = _at;
        if (comparison < 0)
        {
            var existing = Side(start, close);
            (_at, _end) = (close + 2, end);
            return existing.Path is not null
                ? new Step.Filter(existing, "", null)
                : throw Error(start, "a filter without a comparison needs a path, such as @.name");
        }

        var right = comparison;
        while (right < close && (text[right] is '=' or '!' or '<' or '>'))
            right++;
        var name = text[comparison..right];
        if (name is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            throw Error(comparison, $"\"{name}\" is not a comparison; use ==, !=, <, <=, > or >=");
        var filter = new Step.Filter(Side(start, comparison), name, Side(right, close));
        (_at, _end) = (close + 2, end);
        return filter;
    }

    /// <summary>A side of a comparison between two places.</summary>
    private Operand Side(int start, int end)
    {
        (_at, _end) = (start, end);
        Spaces();
        while (_end > _at && text[_end - 1] == ' ')
            _end--;
        if (_at == _end)
            throw Error(start, "a side of the comparison is missing");
        if (Here is '@' or '$' or '.')
            return new Operand(Steps(), null);
        if (Here is '"' or '\'')
        {
            var quoted = Quoted();
            Spaces();
            return _at == _end ? new Operand(null, new Scalar(JsonValueKind.String, quoted, 0)) : throw Unexpected();
        }

        var word = text[_at.._end];
        if (word is "true" or "false")
            return new Operand(null, new Scalar(JsonValueKind.True, "", word == "true" ? 1 : 0));
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, styles, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new Operand(null, new Scalar(JsonValueKind.Number, "", number))
            : throw Error(_at, $"\"{word}\" is not a path (@.name), number, true or false; text needs quotes");
    }

    private string Quoted()
    {
        var (start, quote) = (_at, text[_at++]);
        var value = new StringBuilder();
        while (_at < _end && Here != quote)
        {
            if (Here == '\\' && _at + 1 < _end)
                _at++;
            value.Append(text[_at++]);
        }

        return _at++ < _end ? value.ToString() : throw Error(start, "the quote is not closed");
    }

    private static int Number(string part, int start) =>
        int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Error(start, $"\"{part}\" is not an index");

    private char Here => text[_at];

    private bool Next(string expected) =>
        _at + expected.Length <= _end && string.CompareOrdinal(text, _at, expected, 0, expected.Length) == 0;

    private void Spaces()
    {
        while (_at < _end && Here == ' ')
            _at++;
    }

    private JsonPathException Unexpected() => Error(_at, $"unexpected character '{Here}'");

    private static JsonPathException Error(int offset, string message) => new(offset, message);
}
