using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A Job that is deleted after its success, and a gate that cannot know that it was there.</summary>
internal sealed class JobVanishes()
    : PatternRule(
        "job-vanishes",
        Level.Error,
        "The finished Job is deleted, and pods that start later wait for it for ever",
        "Let the migration write a completion record, and let the gate read it with --record"
    )
{
    /// <summary>A one-time pod that waits has come by then.</summary>
    private const long SoonSeconds = 600;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs.Where(job => job.Owner.Entry.Kind == "Job"))
        {
            if (Deletion(job.Owner) is not var (place, why, soon))
                continue;
            var gates = Pairing.GatesOf(pattern, job);
            var written = MayWrite(pattern, job) || gates.Any(gate => gate.Arguments is { Record: true, RecordWrite: true });
            foreach (var gate in gates.DistinctBy(gate => gate.Container.Node))
            {
                if (gate.Program == GateProgram.MigrateWait || gate.Arguments.OpensWhenMissing || !(soon || gate.Owner.StaysRunning()))
                    continue;
                if (!gate.Arguments.Record)
                    yield return Found(
                        job.Owner.Entry,
                        place,
                        $"{why} deletes the finished Job, and {gate.Owner.Title} waits for it without a record: a pod that starts "
                            + "later never becomes ready",
                        Remedy(gate, job)
                    );
                else if (!written)
                    yield return Found(
                        job.Owner.Entry,
                        place,
                        $"{why} deletes the finished Job, and nothing writes the record that {gate.Owner.Title} reads",
                        "write the record: migrate up --record db-migrations (or migrate exec --record ... -- TOOL), "
                            + "or add --record-write to the gate"
                    );
            }
        }
    }

    /// <summary>Whether the Job writes a record, or runs what cannot be seen here.</summary>
    private static bool MayWrite(Pattern pattern, MigrationJob job) =>
        job.WritesRecord
        || job.Container.Command.Concat(job.Container.Args).Any(word => word.Contains("--record", StringComparison.Ordinal))
        || MigrationCommand.Of(PatternIndex.Of(pattern), job.Owner, job.Container) is null;

    private static (ManifestNode Place, string Why, bool Soon)? Deletion(Workload job) =>
        new Stage(job.Entry).DeletedOnSuccess is { } policy ? (policy, $"the delete policy {policy.Text}", true)
        : job.JobSpec()["ttlSecondsAfterFinished"] is { IsNull: false } ttl
            ? (ttl, $"ttlSecondsAfterFinished: {ttl.Text}", ttl.Number() < SoonSeconds)
        : null;

    private static string Remedy(LintGate gate, MigrationJob job) =>
        gate.Program is GateProgram.WaitFor
            ? $"""
                let the migration write a completion record, and read it at the gate (its Role needs ConfigMap db-migrations):
                args: [job/{job.Name}, --record, db-migrations]
                """
            : $"""
                {Peer(gate)} reads no record; use wait-for, and let the migration write one:
                image: registry.example/wait-for:0.2.0
                args: [job/{job.Name}, --record, db-migrations]
                """;

    private static string Peer(LintGate gate) => gate.Program == GateProgram.KubectlWait ? "kubectl wait" : "k8s-wait-for";
}
