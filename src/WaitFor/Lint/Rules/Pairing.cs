using WaitFor.Process;

namespace WaitFor.Lint.Rules;

/// <summary>Which gate waits for which Job.</summary>
internal static class Pairing
{
    /// <summary>With so many Jobs every name is near to another one.</summary>
    private const int MostCompared = 100;

    /// <summary>The namespace that the gate looks into; null where that is all, or not known.</summary>
    public static string? NamespaceOf(LintGate gate) => gate.AllNamespaces ? null : gate.LooksInto;

    /// <summary>The Jobs of that name, in every namespace.</summary>
    public static IReadOnlyList<Workload> JobsNamed(Pattern pattern, string name) => [.. PatternIndex.Of(pattern).JobsByName[name]];

    /// <summary>The gates that wait for a migration Job.</summary>
    public static IReadOnlyList<LintGate> GatesOf(Pattern pattern, MigrationJob job) => [.. PatternIndex.Of(pattern).GatesOf(job)];

    /// <summary>What gates name, and no Job of the manifests is called; names that only the container knows are left out.</summary>
    public static IEnumerable<(LintGate Gate, string Target)> Missing(Pattern pattern)
    {
        var index = PatternIndex.Of(pattern);
        return from gate in pattern.Gates
            from target in gate.Targets
            where Look.IsKnown(target) && !index.JobsByName.Contains(target)
            where !index.GeneratedJobs.Any(job => target.StartsWith(job.Entry.Name, StringComparison.Ordinal))
            select (gate, target);
    }

    /// <summary>The other Jobs where the gate looks, without the Job that the gate stands in.</summary>
    public static IReadOnlyList<Workload> OtherJobs(Pattern pattern, LintGate gate) =>
        [
            .. PatternIndex
                .Of(pattern)
                .Jobs.Where(job => job.Entry != gate.Owner.Entry && Look.MayShareNamespace(NamespaceOf(gate), job.Entry.Namespace))
                .Take(MostCompared),
        ];

    /// <summary>The only Job whose name is that of the target with another version; null where there is none.</summary>
    public static Workload? OtherVersion(Pattern pattern, LintGate gate, string target) =>
        OtherJobs(pattern, gate).Where(job => Similar.Distance(target, job.Entry.Name) == 0).ToList() is [var only] ? only : null;

    /// <summary>The services that wait for a Job: what stays running, with the container's gate. <c>migrate wait</c> names no Job, so it
    /// waits for the only one.</summary>
    public static IReadOnlyList<Workload> ServicesOf(Pattern pattern, MigrationJob job)
    {
        var gates = GatesOf(pattern, job).AsEnumerable();
        if (pattern.Jobs is [_])
            gates = gates.Concat(pattern.Gates.Where(gate => gate.Program == GateProgram.MigrateWait));
        return [.. gates.Select(gate => gate.Owner).Where(owner => owner.StaysRunning()).DistinctBy(owner => owner.Entry)];
    }
}
