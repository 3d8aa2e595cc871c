using WaitFor.Manifests;
using WaitFor.Process;

namespace WaitFor.Lint.Rules;

/// <summary>Which gate waits for which Job.</summary>
internal static class Pairing
{
    /// <summary>The namespace that the gate looks into; null where that is all, or not known.</summary>
    public static string? NamespaceOf(LintGate gate) => gate.AllNamespaces ? null : gate.LooksInto;

    /// <summary>The Jobs of that name, in every namespace.</summary>
    public static IReadOnlyList<Workload> JobsNamed(Pattern pattern, string name) =>
        [.. Jobs(pattern).Where(job => job.Entry.Name == name && !job.Entry.NameIsGenerated())];

    /// <summary>The gates that wait for a migration Job.</summary>
    public static IReadOnlyList<LintGate> GatesOf(Pattern pattern, MigrationJob job) =>
        [
            .. pattern.Gates.Where(gate =>
                gate.Jobs.Any(other => other.Owner.Entry == job.Owner.Entry)
                || (
                    job.Owner.Entry.Kind == "Job"
                    && gate.Targets.Contains(job.Name, StringComparer.Ordinal)
                    && Look.MayShareNamespace(NamespaceOf(gate), job.Owner.Entry.Namespace)
                )
            ),
        ];

    /// <summary>What gates name, and no Job of the manifests is called; names that only the container knows are left out.</summary>
    public static IEnumerable<(LintGate Gate, string Target)> Missing(Pattern pattern) =>
        from gate in pattern.Gates
        from target in gate.Targets
        where Look.IsKnown(target) && JobsNamed(pattern, target).Count == 0
        where !Jobs(pattern).Any(job => job.Entry.NameIsGenerated() && target.StartsWith(job.Entry.Name, StringComparison.Ordinal))
        select (gate, target);

    /// <summary>The other Jobs where the gate looks, without the Job that the gate stands in.</summary>
    public static IReadOnlyList<Workload> OtherJobs(Pattern pattern, LintGate gate) =>
        [
            .. Jobs(pattern)
                .Where(job => job.Entry != gate.Owner.Entry && !job.Entry.NameIsGenerated())
                .Where(job => Look.MayShareNamespace(NamespaceOf(gate), job.Entry.Namespace)),
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

    private static IEnumerable<Workload> Jobs(Pattern pattern) => pattern.Workloads.Where(workload => workload.Entry.Kind == "Job");
}
