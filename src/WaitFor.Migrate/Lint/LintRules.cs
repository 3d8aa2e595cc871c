using WaitFor.Findings;

namespace WaitFor.Migrate.Lint;

/// <summary>All rules of <c>migrate lint</c>: the list that documentation, SARIF and allowances read.</summary>
internal static class LintRules
{
    /// <summary>The rules, in the documentation's order.</summary>
    public static IReadOnlyList<ILintRule> All { get; } = [];

    /// <summary>Their names, levels and texts.</summary>
    public static IReadOnlyList<Rule> Known { get; } = [.. All.SelectMany(rule => rule.Rules), .. Allowances.Rules];
}
