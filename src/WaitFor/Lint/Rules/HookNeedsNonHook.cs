using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A hook that runs before the objects of its release, and needs one of them: the first install waits for ever.</summary>
internal sealed class HookNeedsNonHook()
    : PatternRule(
        "hook-needs-non-hook",
        Level.Error,
        "A hook Job needs an object that is created only after it",
        "Make what the Job needs a hook of the same events with a lower weight, or a lower wave"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs)
        {
            var stage = new Stage(job.Owner.Entry);
            // On an upgrade the last release's object exists.
            var helm = stage.HelmEvents.Contains("pre-install", StringComparer.Ordinal);
            if (!helm && !stage.ArgoBefore)
                continue;
            foreach (var needed in Reference.Of(job.Owner).DistinctBy(reference => (reference.Kind, reference.Name)))
            {
                var there = needed.In(pattern, job.Owner.Entry.Namespace).ToList();
                if (there.Count > 0 && !there.Exists(entry => IsInTime(new Stage(entry), stage, helm)))
                    yield return Found(job.Owner.Entry, needed.Place, Message(needed, there[0], helm), Remedy(needed, stage, helm));
            }
        }
    }

    /// <summary>Of one weight or wave, accounts and configuration come before Jobs.</summary>
    private static bool IsInTime(Stage needed, Stage job, bool helm) =>
        helm
            ? needed.HelmEvents.Contains("pre-install", StringComparer.Ordinal) && needed.HelmWeight <= job.HelmWeight
            : (needed.ArgoBefore || needed.HelmBefore) && (needed.Wave ?? 0) <= (job.Wave ?? 0);

    private static string Message(Reference needed, ManifestEntry there, bool helm) =>
        $"the hook needs {needed.Kind} {needed.Name}, which "
        + (
            new Stage(there).IsHook ? "is a later hook"
            : helm ? "is not a hook: Helm creates it only when the hook has succeeded"
            : "is not a hook: Argo CD creates it only when the hook has succeeded"
        );

    private static string Remedy(Reference needed, Stage job, bool helm) =>
        helm
            ? $"""
                add to {needed.Kind} {needed.Name}:
                annotations:
                  helm.sh/hook: {string.Join(',', job.HelmEvents)}
                  helm.sh/hook-weight: "{job.HelmWeight - 5}"
                  helm.sh/hook-delete-policy: before-hook-creation
                """
            : $"""
                add to {needed.Kind} {needed.Name}:
                annotations:
                  argocd.argoproj.io/hook: PreSync
                  argocd.argoproj.io/sync-wave: "{(job.Wave ?? 0) - 1}"
                """;
}
