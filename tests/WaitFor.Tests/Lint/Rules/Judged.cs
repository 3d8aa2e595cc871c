using WaitFor.Findings;
using WaitFor.Lint;

namespace WaitFor.Tests.Lint.Rules;

/// <summary>What all rules say of a text of manifests.</summary>
internal static class Judged
{
    /// <summary>The findings, in the order in which they are written.</summary>
    public static IReadOnlyList<Finding> Of(string text) => Of(Manifests.Read(text));

    /// <summary>The findings, in the order in which they are written.</summary>
    public static IReadOnlyList<Finding> Of(Pattern pattern) =>
        FindingsWriter.Sort(PatternRules.All.SelectMany(rule => rule.Judge(pattern)));

    /// <summary>Such as <c>error hook-deadlock job/migrate</c>, each once, in the order of letters; permissions have tests of their
    /// own.</summary>
    public static IReadOnlyList<string> Lines(string text) =>
        [
            .. Of(text)
                .Where(finding => finding.Rule != "missing-permission")
                .Select(finding => $"{finding.Level.ToString().ToLowerInvariant()} {finding.Rule} {finding.Subject}")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
}
