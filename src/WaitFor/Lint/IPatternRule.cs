using WaitFor.Findings;

namespace WaitFor.Lint;

/// <summary>One rule, or a few that one look decides: pure, from manifests to findings. One file a rule, in
/// <c>Lint/Rules</c>.</summary>
internal interface IPatternRule
{
    /// <summary>The rules whose findings it reports.</summary>
    IReadOnlyList<Rule> Rules { get; }

    /// <summary>Judges all manifests together.</summary>
    IEnumerable<Finding> Judge(Pattern pattern);
}
