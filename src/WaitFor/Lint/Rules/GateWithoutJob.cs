using WaitFor.Findings;
using WaitFor.Process;

namespace WaitFor.Lint.Rules;

/// <summary>A gate that names a missing Job: it would wait until it times out, again and again.</summary>
internal sealed class GateWithoutJob()
    : PatternRule(
        "gate-without-job",
        Level.Error,
        "A gate waits for a Job that is not in the manifests",
        "Write the Job's exact name into the gate, or lint the gate together with the manifests that have the Job"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) => [.. Names(pattern), .. Selectors(pattern)];

    private IEnumerable<Finding> Names(Pattern pattern)
    {
        foreach (var (gate, target) in Pairing.Missing(pattern))
        {
            // Another version of the same name is the rule version-mismatch.
            if (Pairing.OtherVersion(pattern, gate, target) is not null)
                continue;
            var others = Pairing.OtherJobs(pattern, gate).Select(job => job.Entry.Name).Distinct(StringComparer.Ordinal).ToList();
            var message = $"container {gate.Container.Name} waits for Job {target}, which is not in these manifests";
            yield return others.Count == 0
                ? Found(
                    gate.Owner.Entry,
                    gate.Place,
                    message,
                    $"lint the manifests together with those of Job {target}: nothing more can be checked without it",
                    Level.Notice
                )
                : Found(gate.Owner.Entry, gate.Place, message, Remedy(target, others));
        }
    }

    /// <summary>A selector that no Job matches.</summary>
    private IEnumerable<Finding> Selectors(Pattern pattern) =>
        from gate in pattern.Gates
        where gate.Selector is { Length: > 0 } && gate.Jobs.Count == 0
        let others = Pairing.OtherJobs(pattern, gate)
        let missing = $"container {gate.Container.Name} waits for Jobs with the labels {gate.Selector}, which no Job in these manifests has"
        select others.Count == 0
            ? Found(gate.Owner.Entry, gate.Place, missing, "lint the manifests together with those of the Job", Level.Notice)
            : Found(
                gate.Owner.Entry,
                gate.Place,
                missing,
                $"give {others[0].Title} these labels (metadata.labels, not those of its pods), or name it: job/{others[0].Entry.Name}"
            );

    private static string Remedy(string target, List<string> others) =>
        Similar.Nearest(target, others) is { } near
            ? $"write job/{near} if that is what is meant; the names must be equal"
            : $"write the name of the Job that migrates: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", ..." : "")}";
}
