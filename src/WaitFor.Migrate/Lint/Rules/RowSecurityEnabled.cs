using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>row-security-enabled: roles see and write only the rows that a policy lets through.</summary>
internal sealed class RowSecurityEnabled : ILintRule
{
    private static readonly Rule Enabled = new(
        "row-security-enabled",
        Level.Warning,
        "Row security is enabled: the running release sees only what a policy allows",
        "First create a policy for the running release"
    );

    public IReadOnlyList<Rule> Rules => [Enabled];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var (origin, before, after) in unit.Relations())
            {
                var enabled = after.RowSecurity && !before.RowSecurity && !origin.RowSecurity;
                var forced = after is { RowSecurity: true, ForcesRowSecurity: true }
                    && !(before is { RowSecurity: true, ForcesRowSecurity: true })
                    && !(origin is { RowSecurity: true, ForcesRowSecurity: true });
                if (!enabled && !forced)
                    continue;
                yield return Enabled.At(
                    unit.Changing(catalog =>
                        catalog.Relations.GetValueOrDefault(origin.Oid) is { } now ? (now.RowSecurity, now.ForcesRowSecurity) : default
                    ),
                    before.Title,
                    (enabled ? "row security is enabled: " : "row security is enabled for its owner too: ")
                        + "without a policy for it the running release sees no row, and cannot write one",
                    $"""
                    create a policy first that lets the running release through as before:
                    CREATE POLICY everything ON {SqlName.Of(after)} TO ... USING (true) WITH CHECK (true);
                    """
                );
            }
        }
    }
}
