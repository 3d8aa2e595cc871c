using WaitFor.Findings;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Reads allowances from a script's comments: <c>-- migrate: allow RULE  reason</c>.</summary>
internal static class AllowanceComments
{
    /// <summary>Those of a script, in order; none where it cannot be read.</summary>
    public static IEnumerable<Allowance> Of(Script script)
    {
        if (script.Unusable is not null || !script.Text.Contains("migrate:", StringComparison.Ordinal))
            yield break;
        foreach (var (text, line) in Splitter.Comments(script.Path, script.Text))
        {
            if (Of(script.Path, text, line) is { } allowance)
                yield return allowance;
        }
    }

    /// <summary>The allowance of a comment; null where it is none.</summary>
    /// <param name="file">The script's path.</param>
    /// <param name="comment">The comment, without its hyphens.</param>
    /// <param name="line">Its line.</param>
    public static Allowance? Of(string file, string comment, int line)
    {
        const string mark = "migrate:";
        var text = comment.Trim();
        if (!text.StartsWith(mark, StringComparison.Ordinal))
            return null;
        return text[mark.Length..].Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            ["allow", var rule, var reason] => new Allowance(rule, reason, file, line),
            ["allow", var rule] => new Allowance(rule, "", file, line),
            ["allow"] => new Allowance("", "", file, line),
            _ => null,
        };
    }
}
