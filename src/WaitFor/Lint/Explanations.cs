using WaitFor.Findings;

namespace WaitFor.Lint;

/// <summary>The text of <c>--explain</c>: the rule's section of docs/pattern-lint.md, which is a part of the program.</summary>
internal static class Explanations
{
    private const string Resource = "pattern-lint.md";

    /// <summary>Why a rule is one, a bad manifest and a good one, each line ended.</summary>
    public static string Of(Rule rule)
    {
        using var stream = typeof(Explanations).Assembly.GetManifestResourceStream(Resource);
        using var reader = stream is null ? null : new StreamReader(stream);
        return (reader is null ? null : Section(reader.ReadToEnd(), rule.Name)) ?? $"{rule.Name}: {rule.Summary}\n{rule.Fix}\n";
    }

    /// <summary>The section under the heading <c>### NAME</c>; null where there is none.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">The rule's name.</param>
    internal static string? Section(string page, string name)
    {
        var lines = page.ReplaceLineEndings("\n").Split('\n');
        var start = Array.FindIndex(lines, line => line.TrimEnd() == $"### {name}");
        if (start < 0)
            return null;
        var fenced = false;
        var section = lines
            .Skip(start + 1)
            .TakeWhile(line =>
            {
                // In YAML such a line is a comment.
                fenced ^= line.StartsWith("```", StringComparison.Ordinal);
                return fenced || !(line.StartsWith("## ", StringComparison.Ordinal) || line.StartsWith("### ", StringComparison.Ordinal));
            });
        return $"{name}\n\n{string.Join('\n', section).Trim()}\n";
    }
}
