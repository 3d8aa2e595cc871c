namespace WaitFor.Report.Hints;

/// <summary>What probably stands in the way of one target.</summary>
/// <param name="Rule">Name of the rule; stable, for machines.</param>
/// <param name="Fact">What was found, as a clause without a full stop.</param>
/// <param name="Action">What to do, in one imperative sentence.</param>
internal sealed record Hint(string Rule, string Fact, string Action);

/// <summary>A rule.</summary>
/// <param name="Name">Its name; stable, for machines.</param>
/// <param name="Finds">What it finds, as a clause for the documentation.</param>
/// <param name="Find">Looks at what is known; null where it finds nothing.</param>
internal sealed record HintRule(string Name, string Finds, Func<TargetFacts, Finding?> Find)
{
    /// <summary>True: it also looks where the object is the last release's, with which nothing else that is wrong matters.</summary>
    public bool EvenIfStale { get; init; }
}

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
    private static readonly HintRule[] Rules =
    [
        // Nothing, or nothing new, is known: whatever else was found may be over.
        new(
            nameof(AccessHints.PermissionMissing),
            "the wait itself is denied; the report prints the Role to apply",
            AccessHints.PermissionMissing
        ) { EvenIfStale = true },
        new(
            nameof(AccessHints.NetworkNotReady),
            "every connection is refused or reset before the first answer: a sidecar may not run yet",
            AccessHints.NetworkNotReady
        ) { EvenIfStale = true },
        new(
            nameof(AccessHints.ServerUnreachable),
            "the API server does not answer, or not as it should",
            AccessHints.ServerUnreachable
        ) { EvenIfStale = true },
        new(
            nameof(AccessHints.WatchMissing),
            "the Role does not allow a watch: the target was polled, or its state came from another object",
            AccessHints.WatchMissing
        ) { EvenIfStale = true },
        // A container ended with an error, or was ended.
        new(nameof(PodHints.Evicted), "the node evicted the pod", PodHints.Evicted),
        new(nameof(PodHints.OutOfMemory), "a container used more memory than its limit", PodHints.OutOfMemory),
        new(
            nameof(PodHints.ContainerFailed),
            "a container failed: its termination message, else the last line of its log, else its exit code",
            PodHints.ContainerFailed
        ),
        // A container cannot start.
        new(nameof(PodHints.ImagePull), "an image cannot be pulled", PodHints.ImagePull),
        new(nameof(PodHints.ConfigMissing), "a ConfigMap, a Secret or a key of one was not found", PodHints.ConfigMissing),
        new(nameof(PodHints.VolumeNotMounted), "a volume cannot be attached or mounted", PodHints.VolumeNotMounted),
        new(nameof(PodHints.ContainerCannotStart), "the runtime cannot create or start a container", PodHints.ContainerCannotStart),
        new(nameof(PodHints.NoSandbox), "the pod gets no network", PodHints.NoSandbox),
        new(nameof(PodHints.Unschedulable), "no node takes the pod: the scheduler's message", PodHints.Unschedulable),
        new(nameof(PodHints.NodeLost), "the pod's node does not report", PodHints.NodeLost),
        // There is no pod.
        new(nameof(JobHints.Suspended), "the Job is suspended", JobHints.Suspended),
        new(nameof(JobHints.PodsRefused), "a quota or an admission webhook refuses the pods", JobHints.PodsRefused),
        new(nameof(JobHints.DeadlineExceeded), "the Job ran longer than its activeDeadlineSeconds", JobHints.DeadlineExceeded),
        new(nameof(JobHints.PodsGone), "the Job has failed and its pods are deleted, with their logs", JobHints.PodsGone),
        new(nameof(JobHints.BackOff), "the Job waits before its next retry", JobHints.BackOff),
        new(nameof(PodHints.EarlierTryFailed), "an earlier attempt of the Job failed", PodHints.EarlierTryFailed),
        // A rollout stands still, or another controller says why.
        new(nameof(ObjectHints.RolloutPaused), "the Deployment is paused", ObjectHints.RolloutPaused),
        new(
            nameof(ObjectHints.ReplicasRefused),
            "a quota or an admission webhook refuses the pods of a rollout",
            ObjectHints.ReplicasRefused
        ),
        new(
            nameof(ObjectHints.ProgressDeadline),
            "the rollout made no progress within its progressDeadlineSeconds",
            ObjectHints.ProgressDeadline
        ),
        new(nameof(ObjectHints.ClaimNotBound), "the PersistentVolumeClaim has no volume", ObjectHints.ClaimNotBound),
        new(nameof(ObjectHints.NamespaceHeld), "a namespace is being deleted and still contains objects", ObjectHints.NamespaceHeld),
        new(
            nameof(ObjectHints.NamesTaken),
            "another CustomResourceDefinition has a name that this one wants",
            ObjectHints.NamesTaken
        ),
        new(nameof(ObjectHints.NodeSilent), "the node's kubelet does not report", ObjectHints.NodeSilent),
        new(nameof(ObjectHints.NotReady), "the object's own condition says why it is not ready", ObjectHints.NotReady),
        new(nameof(ObjectHints.ControllerSilent), "the controller has not processed the newest spec", ObjectHints.ControllerSilent),
        new(nameof(ObjectHints.NoConditionReady), "the custom resource has no condition Ready: use --for", ObjectHints.NoConditionReady),
        // It is another object than the one that is meant.
        new(
            nameof(MissingHints.HelmHookDeadlock),
            "Helm creates the Job only after the Deployment that waits for it is ready",
            MissingHints.HelmHookDeadlock
        ) { EvenIfStale = true },
        new(
            nameof(MissingHints.Stale),
            "the object is an older release's: label or image differ",
            MissingHints.Stale
        ) { EvenIfStale = true },
        new(nameof(MissingHints.BeingDeleted), "the object is being deleted", MissingHints.BeingDeleted),
        new(
            nameof(MissingHints.RemovedAfterCompletion),
            "the Job completed and was removed, by its events",
            MissingHints.RemovedAfterCompletion
        ),
        new(nameof(MissingHints.DeletedBeforeEnd), "the Job was deleted before it finished", MissingHints.DeletedBeforeEnd),
        new(nameof(MissingHints.KindMissing), "the API server does not have the kind", MissingHints.KindMissing),
        new(nameof(MissingHints.NotInstalled), "a CustomResourceDefinition was not found", MissingHints.NotInstalled),
        new(nameof(MissingHints.NamespaceMissing), "the namespace was not found", MissingHints.NamespaceMissing),
        new(nameof(MissingHints.OtherNamespace), "an object of this name exists in another namespace", MissingHints.OtherNamespace),
        new(nameof(MissingHints.SimilarName), "an object with a similar name exists: another version, or a typo", MissingHints.SimilarName),
        new(nameof(MissingHints.SelectorMatchesNothing), "no object matches the selector", MissingHints.SelectorMatchesNothing),
        new(nameof(MissingHints.PerhapsHelmHook), "the Job may be a hook that Helm creates later", MissingHints.PerhapsHelmHook),
        new(
            nameof(MissingHints.PerhapsRemovedByTtl),
            "the Job may have been removed by its ttlSecondsAfterFinished",
            MissingHints.PerhapsRemovedByTtl
        ),
        new(nameof(MissingHints.NotRecorded), "the ConfigMap of --record has no key for the Job", MissingHints.NotRecorded),
        new(nameof(MissingHints.NotFound), "the object was not found, and nothing like it", MissingHints.NotFound),
        // Everything exists, but is not ready.
        new(nameof(ServiceHints.ServiceWithoutPods), "the service's selector matches no pod", ServiceHints.ServiceWithoutPods),
        new(nameof(ServiceHints.ServiceWithoutSlices), "the service has no EndpointSlice", ServiceHints.ServiceWithoutSlices),
        new(nameof(ServiceHints.PodsWithoutAddress), "the service's pods have no address yet", ServiceHints.PodsWithoutAddress),
        new(nameof(PodHints.ProbeFails), "a readiness or startup probe fails", PodHints.ProbeFails),
        new(nameof(JobHints.KeptAlive), "the work is done, but a sidecar keeps the pod running", JobHints.KeptAlive),
        new(nameof(JobHints.StillRunning), "nothing is wrong: the Job needs more time", JobHints.StillRunning),
    ];

    /// <summary>The names of all rules and what each finds, in their order.</summary>
    public static IEnumerable<(string Name, string Finds)> Table => Rules.Select(rule => (rule.Name, rule.Finds));

    /// <summary>What the rules find for one target, the likeliest cause first; nothing for one that is met.</summary>
    public static IReadOnlyList<Hint> Of(TargetFacts facts)
    {
        var hints = new List<Hint>();
        if (facts.Verdict.Kind == Verdicts.VerdictKind.Met)
            return hints;
        foreach (var rule in Rules)
        {
            var applies = rule.EvenIfStale || facts.Verdict.Code != Verdicts.VerdictCode.Stale;
            if (applies && rule.Find(facts) is { } found)
                hints.Add(new Hint(rule.Name, Layout.Clean(found.Fact), Layout.Clean(found.Action)));
        }

        return hints;
    }
}
