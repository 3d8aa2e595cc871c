namespace WaitFor.Report.Hints;

/// <summary>What probably stands in the way of one target.</summary>
/// <param name="Rule">Name of the rule; stable, for machines.</param>
/// <param name="Fact">What was found, as a clause without a full stop.</param>
/// <param name="Action">What to do, in one imperative sentence.</param>
internal sealed record Hint(string Rule, string Fact, string Action);

/// <summary>What a rule found.</summary>
/// <param name="fact">A clause without a full stop.</param>
/// <param name="action">What to do, in one imperative sentence.</param>
internal sealed class Finding(string fact, string action)
{
    public string Fact { get; } = fact;

    public string Action { get; } = action;
}

/// <summary>All rules, the likeliest cause first: what a rule above found explains what the rules below would find.</summary>
internal static class HintRules
{
    private static readonly KeyValuePair<string, Func<TargetFacts, Finding?>>[] Rules =
    [
        // Nothing, or nothing new, is known: whatever else was found may be over.
        new(nameof(AccessHints.PermissionMissing), AccessHints.PermissionMissing),
        new(nameof(AccessHints.NetworkNotReady), AccessHints.NetworkNotReady),
        new(nameof(AccessHints.ServerUnreachable), AccessHints.ServerUnreachable),
        new(nameof(AccessHints.WatchMissing), AccessHints.WatchMissing),
        // A container ended with an error, or was ended.
        new(nameof(PodHints.Evicted), PodHints.Evicted),
        new(nameof(PodHints.OutOfMemory), PodHints.OutOfMemory),
        new(nameof(PodHints.ContainerFailed), PodHints.ContainerFailed),
        // A container cannot start.
        new(nameof(PodHints.ImagePull), PodHints.ImagePull),
        new(nameof(PodHints.ConfigMissing), PodHints.ConfigMissing),
        new(nameof(PodHints.VolumeNotMounted), PodHints.VolumeNotMounted),
        new(nameof(PodHints.ContainerCannotStart), PodHints.ContainerCannotStart),
        new(nameof(PodHints.NoSandbox), PodHints.NoSandbox),
        new(nameof(PodHints.Unschedulable), PodHints.Unschedulable),
        new(nameof(PodHints.NodeLost), PodHints.NodeLost),
        // There is no pod.
        new(nameof(JobHints.Suspended), JobHints.Suspended),
        new(nameof(JobHints.PodsRefused), JobHints.PodsRefused),
        new(nameof(JobHints.DeadlineExceeded), JobHints.DeadlineExceeded),
        new(nameof(JobHints.PodsGone), JobHints.PodsGone),
        new(nameof(JobHints.BackOff), JobHints.BackOff),
        new(nameof(PodHints.EarlierTryFailed), PodHints.EarlierTryFailed),
        // A rollout stands still, or another controller says why.
        new(nameof(ObjectHints.RolloutPaused), ObjectHints.RolloutPaused),
        new(nameof(ObjectHints.ReplicasRefused), ObjectHints.ReplicasRefused),
        new(nameof(ObjectHints.ProgressDeadline), ObjectHints.ProgressDeadline),
        new(nameof(ObjectHints.ClaimNotBound), ObjectHints.ClaimNotBound),
        new(nameof(ObjectHints.NamespaceHeld), ObjectHints.NamespaceHeld),
        new(nameof(ObjectHints.NotReady), ObjectHints.NotReady),
        new(nameof(ObjectHints.ControllerSilent), ObjectHints.ControllerSilent),
        new(nameof(ObjectHints.NoConditionReady), ObjectHints.NoConditionReady),
        // It is another object than the one that is meant.
        new(nameof(MissingHints.HelmHookDeadlock), MissingHints.HelmHookDeadlock),
        new(nameof(MissingHints.Stale), MissingHints.Stale),
        new(nameof(MissingHints.BeingDeleted), MissingHints.BeingDeleted),
        new(nameof(MissingHints.RemovedAfterCompletion), MissingHints.RemovedAfterCompletion),
        new(nameof(MissingHints.DeletedBeforeEnd), MissingHints.DeletedBeforeEnd),
        new(nameof(MissingHints.KindMissing), MissingHints.KindMissing),
        new(nameof(MissingHints.NamespaceMissing), MissingHints.NamespaceMissing),
        new(nameof(MissingHints.OtherNamespace), MissingHints.OtherNamespace),
        new(nameof(MissingHints.SimilarName), MissingHints.SimilarName),
        new(nameof(MissingHints.SelectorMatchesNothing), MissingHints.SelectorMatchesNothing),
        new(nameof(MissingHints.PerhapsHelmHook), MissingHints.PerhapsHelmHook),
        new(nameof(MissingHints.PerhapsRemovedByTtl), MissingHints.PerhapsRemovedByTtl),
        // Everything is there, and not ready.
        new(nameof(ServiceHints.ServiceWithoutPods), ServiceHints.ServiceWithoutPods),
        new(nameof(ServiceHints.ServiceWithoutSlices), ServiceHints.ServiceWithoutSlices),
        new(nameof(ServiceHints.PodsWithoutAddress), ServiceHints.PodsWithoutAddress),
        new(nameof(PodHints.ProbeFails), PodHints.ProbeFails),
        new(nameof(JobHints.KeptAlive), JobHints.KeptAlive),
        new(nameof(JobHints.StillRunning), JobHints.StillRunning),
    ];

    /// <summary>The names of all rules, in their order.</summary>
    public static IEnumerable<string> Names => Rules.Select(rule => rule.Key);

    /// <summary>What the rules find for one target, the likeliest cause first; nothing for one that is met.</summary>
    public static IReadOnlyList<Hint> Of(TargetFacts facts)
    {
        var hints = new List<Hint>();
        if (facts.Verdict.Kind == Verdicts.VerdictKind.Met)
            return hints;
        foreach (var (name, rule) in Rules)
        {
            // What troubles the last release's object is not what is waited for.
            var applies =
                facts.Verdict.Code != Verdicts.VerdictCode.Stale
                || name
                    is nameof(MissingHints.Stale)
                        or nameof(MissingHints.HelmHookDeadlock)
                        or nameof(AccessHints.PermissionMissing)
                        or nameof(AccessHints.WatchMissing)
                        or nameof(AccessHints.NetworkNotReady)
                        or nameof(AccessHints.ServerUnreachable);
            if (applies && rule(facts) is { } found)
                hints.Add(new Hint(name, Layout.Clean(found.Fact), Layout.Clean(found.Action)));
        }

        return hints;
    }
}
