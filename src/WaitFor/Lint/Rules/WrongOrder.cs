using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>Argo CD's waves: a later wave begins when the earlier ones are healthy, and a pod at its gate is not.
/// <see href="https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"/></summary>
internal sealed class WrongOrder()
    : PatternRule(
        "wrong-order",
        Level.Warning,
        "Argo CD creates the Job after, or together with, what waits for it",
        "Give the Job a lower sync-wave than what waits for it"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs)
        {
            var stage = new Stage(job.Owner.Entry);
            foreach (var owner in Pairing.GatesOf(pattern, job).Select(gate => gate.Owner).DistinctBy(owner => owner.Entry))
            {
                var other = new Stage(owner.Entry);
                if (owner.Entry == job.Owner.Entry || stage.IsHook || other.IsHook || (stage.Wave is null && other.Wave is null))
                    continue;
                var (own, its) = (stage.Wave ?? 0, other.Wave ?? 0);
                if (own >= its)
                    yield return Found(
                        job.Owner.Entry,
                        job.Owner.Entry.Annotation(Stage.ArgoWave) ?? job.Owner.Entry.NamePlace(),
                        own > its
                            ? $"its sync-wave is {own}, and {owner.Title}, which waits for it, has {its}: Argo CD never comes to the Job"
                            : $"it has the same sync-wave ({own}) as {owner.Title}, which waits for it: Argo CD applies both together, and "
                                + "a failed migration leaves new pods at their gate",
                        $"""
                        give the Job a lower wave:
                        argocd.argoproj.io/sync-wave: "{its - 1}"
                        """
                    );
            }
        }
    }
}
