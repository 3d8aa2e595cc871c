using WaitFor.Findings;

namespace WaitFor.Migrate.Lint;

/// <summary>One rule, or a few that one look decides: pure, from what was observed to findings. One file a rule, in
/// <c>Lint/Rules</c>.</summary>
internal interface ILintRule
{
    /// <summary>The rules whose findings it reports.</summary>
    IReadOnlyList<Rule> Rules { get; }

    /// <summary>Judges the whole rehearsal, so that a rule sees what happens before and after a statement too.</summary>
    IEnumerable<Finding> Judge(Rehearsal rehearsal);
}
