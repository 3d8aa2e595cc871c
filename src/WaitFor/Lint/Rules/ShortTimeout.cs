using WaitFor.Findings;
using WaitFor.Process;

namespace WaitFor.Lint.Rules;

/// <summary>Time limits that end before the migration may.</summary>
internal sealed class ShortTimeout()
    : PatternRule(
        "short-timeout",
        Level.Warning,
        "A time limit may end before the migration ends",
        "Leave the gate's 10 minutes, and set progressDeadlineSeconds above the Job's deadline"
    )
{
    /// <summary>After so long a run the kubelet forgets a container's restart back-off.</summary>
    private static readonly TimeSpan BackOffForgotten = TimeSpan.FromMinutes(10);

    /// <summary>The default of <c>kubectl wait</c>.</summary>
    private static readonly TimeSpan KubectlDefault = TimeSpan.FromSeconds(30);

    /// <summary>The API server's default of a Deployment.</summary>
    private const long DefaultProgress = 600;

    /// <summary>What is longer is no limit: a hundred years.</summary>
    private const long Longest = 100L * 366 * 24 * 3600;

    /// <summary>What a pod needs to start once the gate is open.</summary>
    private const long Start = 600;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) => [.. Gates(pattern), .. Deployments(pattern)];

    private IEnumerable<Finding> Gates(Pattern pattern)
    {
        foreach (var gate in pattern.Gates.Where(gate => gate.Container.Init).DistinctBy(gate => gate.Container.Node))
        {
            if (Limit(gate) is not { } limit || limit >= BackOffForgotten || IsRepeated(gate))
                continue;
            var given = gate.Arguments.Timeout is null ? " (the default of kubectl wait)" : "";
            yield return Found(
                gate.Owner.Entry,
                gate.Place,
                $"container {gate.Container.Name} waits for {GoDuration.Format(limit)}{given}: its restarts run into the kubelet's "
                    + "back-off of up to 5 minutes, which only a run of 10 minutes resets",
                gate.Program == GateProgram.KubectlWait ? "write --timeout=10m" : "leave --timeout out: the default is 10m"
            );
        }
    }

    private IEnumerable<Finding> Deployments(Pattern pattern)
    {
        var owners = pattern.Gates.Select(gate => gate.Owner).Where(owner => owner.Entry.Kind == "Deployment");
        foreach (var owner in owners.DistinctBy(owner => owner.Entry))
        {
            var needed = Needed(pattern, owner);
            var field = owner.Entry.Spec()["progressDeadlineSeconds"];
            var given = field is null or { IsNull: true } ? DefaultProgress : field.Number();
            if (given is { } seconds && needed is var (most, why) && seconds < most)
                yield return Found(
                    owner.Entry,
                    field ?? owner.Entry.Spec(),
                    $"progressDeadlineSeconds is {seconds}{(field is null ? " (the default)" : "")}, and {why}: "
                        + "the rollout counts as failed while the migration still runs",
                    $"write progressDeadlineSeconds: {most + Start}"
                );
        }
    }

    /// <summary>The longest wait before the pods that may be meant; null where no limit is known.</summary>
    private static (long Seconds, string Why)? Needed(Pattern pattern, Workload owner)
    {
        var limits = new List<(long Seconds, string Why)>();
        List<LintGate> gates = [.. PatternIndex.Of(pattern).GatesOfOwners[owner.Entry]];
        foreach (var gate in gates)
        {
            if (Limit(gate) is { } limit)
                limits.Add(((long)limit.TotalSeconds, $"the gate waits for {GoDuration.Format(limit)}"));
        }

        foreach (var job in gates.SelectMany(gate => gate.Jobs))
        {
            // A hook has ended before the Deployment changes.
            var given = job.Owner.JobSpec()["activeDeadlineSeconds"].Number();
            if (!new Stage(job.Owner.Entry).Before && given is > 0 and < Longest and var deadline)
                limits.Add((deadline, $"{job.Owner.Title} may take {GoDuration.Format(TimeSpan.FromSeconds(deadline))}"));
        }

        return limits.Count == 0 ? null : limits.MaxBy(limit => limit.Seconds);
    }

    /// <summary>How long a gate waits; null for no limit.</summary>
    private static TimeSpan? Limit(LintGate gate) =>
        (gate.Program, gate.Arguments.Timeout) switch
        {
            (GateProgram.K8sWaitFor, _) => null,
            (GateProgram.KubectlWait, var timeout) => timeout ?? KubectlDefault,
            (_, null) => BackOffForgotten,
            (_, { } timeout) => timeout > TimeSpan.Zero ? timeout : null,
        };

    /// <summary>Whether a shell repeats the wait by itself.</summary>
    private static bool IsRepeated(LintGate gate) =>
        gate.Container.Command.Concat(gate.Container.Args).Any(word => Loop(word, "until ") || Loop(word, "while "));

    private static bool Loop(string text, string word) =>
        text.StartsWith(word, StringComparison.Ordinal) || text.Contains(' ' + word, StringComparison.Ordinal)
        || text.Contains('\n' + word, StringComparison.Ordinal) || text.Contains(';' + word, StringComparison.Ordinal);
}
