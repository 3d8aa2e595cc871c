using WaitFor.Findings;
using WaitFor.Lint.Rules;

namespace WaitFor.Lint;

/// <summary>All rules of <c>wait-for lint</c>: the list that documentation, SARIF, <c>--allow</c> and <c>--explain</c> read.</summary>
internal static class PatternRules
{
    /// <summary>The rules, in the documentation's order.</summary>
    public static IReadOnlyList<IPatternRule> All { get; } =
    [
        new GateWithoutJob(),
        new JobWithoutGate(),
        new NamespaceMismatch(),
        new UnversionedName(),
        new VersionMismatch(),
        new HookDeadlock(),
        new HookNeedsNonHook(),
        new WrongOrder(),
        new JobVanishes(),
        new NeverCleaned(),
        new Retries(),
        new NoDeadline(),
        new ParallelRuns(),
        new MigrationInReplicas(),
        new BadArguments(),
        new GateAsSidecar(),
        new MissingPermission(),
        new DifferentConfiguration(),
        new PlainPassword(),
        new ShortTimeout(),
        new LatestTag(),
        new NoLimits(),
        new NotRestricted(),
        new OldGate(),
    ];

    /// <summary>Their names, levels and texts.</summary>
    public static IReadOnlyList<Rule> Known { get; } = [.. All.SelectMany(rule => rule.Rules)];
}
