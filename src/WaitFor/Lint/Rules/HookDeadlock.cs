using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A Job that comes only when what waits for it is ready.
/// <see href="https://helm.sh/docs/topics/charts_hooks/"/></summary>
internal sealed class HookDeadlock()
    : PatternRule(
        "hook-deadlock",
        Level.Error,
        "The Job is created only after what waits for it is ready",
        "Run the migration as a pre-install,pre-upgrade hook, as a PreSync hook, or as no hook at all"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs.Where(job => job.Owner.Entry.Kind == "Job"))
        {
            var stage = new Stage(job.Owner.Entry);
            foreach (var owner in Pairing.GatesOf(pattern, job).Select(gate => gate.Owner).DistinctBy(owner => owner.Entry))
            {
                if (owner.Entry == job.Owner.Entry)
                    continue;
                if (Blocks(stage, owner) is { } place)
                    yield return Found(job.Owner.Entry, place, Message(stage, owner), Remedy(stage));
                else if (IsEarlier(new Stage(owner.Entry), owner, stage))
                    yield return Found(
                        job.Owner.Entry,
                        job.Owner.Entry.NamePlace(),
                        $"{owner.Title} waits for it as a hook that has to end before this Job is created",
                        "make the Job an earlier hook than what waits for it, or take the gate out of the hook"
                    );
            }
        }
    }

    /// <summary>The annotation that puts the Job behind what waits for it; null where it comes in time.</summary>
    private static ManifestNode? Blocks(Stage stage, Workload owner)
    {
        var other = new Stage(owner.Entry);
        if (stage.After is not { } place)
            return null;
        if (!other.IsHook)
            return place;
        // Hooks of one stage run by weight or wave.
        return other.After is not null && Ends(owner) && (stage.HelmWeight > other.HelmWeight || (stage.Wave ?? 0) > (other.Wave ?? 0))
            ? place
            : null;
    }

    private static bool IsEarlier(Stage other, Workload owner, Stage stage) =>
        (other.HelmBefore && Ends(owner) && (!stage.HelmBefore || stage.HelmWeight > other.HelmWeight))
        || (other.ArgoBefore && !stage.HelmBefore && (!stage.ArgoBefore || (stage.Wave ?? 0) > (other.Wave ?? 0)));

    /// <summary>Helm waits for the end of Jobs and pods among its hooks, and only for these.</summary>
    private static bool Ends(Workload owner) => owner.Entry.Kind is "Job" or "Pod";

    private static string Message(Stage stage, Workload owner) =>
        stage.HelmEvents.Count > 0
            ? $"a Helm hook ({string.Join(',', stage.HelmEvents)}): with --wait or --atomic, and in Flux and Argo CD, it is created only "
                + $"when {owner.Title} is ready, which waits for it"
            : $"an Argo CD hook ({string.Join(',', stage.ArgoHooks)}): it is created only when {owner.Title} is healthy, which waits "
                + "for it";

    private static string Remedy(Stage stage) =>
        stage.HelmEvents.Count > 0
            ? """
                write, and make what the Job needs a hook of a lower weight:
                annotations:
                  helm.sh/hook: pre-install,pre-upgrade
                  helm.sh/hook-weight: "-5"
                """
            : """
                write, and make what the Job needs a PreSync hook too:
                annotations:
                  argocd.argoproj.io/hook: PreSync
                  argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
                """;
}
