using WaitFor.Findings;
using WaitFor.Kinds;

namespace WaitFor.Lint.Rules;

/// <summary>A migration for which nothing waits: the service starts on the old schema.</summary>
internal sealed class JobWithoutGate()
    : PatternRule(
        "job-without-gate",
        Level.Notice,
        "Nothing waits for the migration Job",
        "Put a gate into the init containers of what needs the migrated database"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        var services = pattern.Workloads.Where(workload => workload.StaysRunning()).ToList();
        // A gate whose Job is not found, or that names none, may mean this one.
        if (
            services.Count == 0
            || Pairing.Missing(pattern).Any()
            || pattern.Gates.Any(gate => MayMeanAny(pattern, gate))
        )
            yield break;
        var named = pattern.Gates.SelectMany(gate => gate.Targets).ToHashSet(StringComparer.Ordinal);
        var stages = services.Select(service => new Stage(service.Entry)).ToList();
        foreach (var job in pattern.Jobs.Where(job => job.Owner.Entry.Kind == "Job" && !job.Owner.Entry.NameIsGenerated()))
        {
            var stage = new Stage(job.Owner.Entry);
            if (
                named.Contains(job.Name)
                || Pairing.GatesOf(pattern, job).Count > 0
                || stages.TrueForAll(stage.IsDoneBefore)
            )
                continue;
            yield return Found(
                job.Owner.Entry,
                job.Owner.Entry.NamePlace(),
                $"it migrates the database ({job.Why}), and no container waits for it",
                $"""
                add a gate to the service's pods:
                initContainers:
                - name: wait-for-migration
                  image: registry.example/wait-for:0.2.0
                  args: [job/{job.Name}, --record, db-migrations]
                """
            );
        }
    }

    /// <summary>Whether a gate waits for a Job that is not known here.</summary>
    private static bool MayMeanAny(Pattern pattern, LintGate gate) =>
        gate.Jobs.Count == 0
        && !gate.Targets.Any(target => PatternIndex.Of(pattern).JobsByName.Contains(target))
        && (gate.ForJobs || gate.Waits.Count == 0 || gate.Waits.Any(target => target.Kind is JobKind));
}
