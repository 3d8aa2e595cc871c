using System.Globalization;
using WaitFor.CommandLine;

namespace WaitFor.Lint.Reading;

/// <summary>Evaluates a label selector on the labels of a manifest; a gate leaves that to the server.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"/></summary>
internal sealed class LabelSelector
{
    private readonly IReadOnlyList<string>? _requirements;

    private LabelSelector(IReadOnlyList<string>? requirements) => _requirements = requirements;

    /// <summary>Reads a selector; an empty one matches all, one that is wrong none.</summary>
    public static LabelSelector Parse(string selector) =>
        new(
            string.IsNullOrWhiteSpace(selector) ? []
            : SelectorSyntax.Problem(selector) is null ? [.. Requirements(selector)]
            : null
        );

    /// <summary>Whether the labels match.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        _requirements?.All(requirement => Holds(requirement, labels)) == true;

    private static bool Holds(string requirement, IReadOnlyDictionary<string, string> labels)
    {
        var text = requirement.Trim();
        if (text.StartsWith('!'))
            return !labels.ContainsKey(text[1..].Trim());
        var end = text.AsSpan().IndexOfAny(" =!<>");
        if (end < 0)
            return labels.ContainsKey(text);
        var (key, rest) = (text[..end], text[end..].Trim());
        var value = labels.GetValueOrDefault(key);
        return rest switch
        {
            ['!', '=', .. var other] => value != other.Trim(),
            ['=', '=', .. var same] => value == same.Trim(),
            ['=', .. var same] => value == same.Trim(),
            ['>', .. var bound] => Number(value) is { } number && number > Number(bound),
            ['<', .. var bound] => Number(value) is { } number && number < Number(bound),
            _ when rest.StartsWith("in", StringComparison.Ordinal) => value is not null && Values(rest).Contains(value),
            _ when rest.StartsWith("notin", StringComparison.Ordinal) => value is null || !Values(rest).Contains(value),
            _ => rest.Length == 0 && value is not null,
        };
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static HashSet<string> Values(string text) =>
        text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..]
            .TrimEnd()
            .TrimEnd(')')
            .Split(',', StringSplitOptions.TrimEntries)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Splits at the commas that stand outside parentheses.</summary>
    private static IEnumerable<string> Requirements(string selector)
    {
        var (start, inside) = (0, false);
        for (var index = 0; index < selector.Length; index++)
        {
            inside = selector[index] == '(' || (inside && selector[index] != ')');
            if (inside || selector[index] != ',')
                continue;
            yield return selector[start..index];
            start = index + 1;
        }

        yield return selector[start..];
    }
}
