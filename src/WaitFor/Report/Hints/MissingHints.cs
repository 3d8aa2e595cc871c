using WaitFor.Process;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report.Hints;

/// <summary>The target does not exist, or another object has its name.</summary>
internal static class MissingHints
{
    /// <summary>A hook that Helm runs after it has waited for this very Deployment.
    /// <see href="https://helm.sh/docs/topics/charts_hooks/"/></summary>
    public static Finding? HelmHookDeadlock(TargetFacts facts)
    {
        if (!facts.Target.Kind.RunsToCompletion || facts.Verdict.Code is not (VerdictCode.Missing or VerdictCode.Stale))
            return null;
        var near =
            facts.Missing && facts.Target.Name is { } name
                ? facts.Neighbours.Where(item => Similar.Distance(name, item.Name!) is not null)
                : facts.Jobs.Select(job => job.Metadata!);
        return
            near.FirstOrDefault(item =>
                item.HelmHook is { } when
                && (when.Contains("post-install", StringComparison.Ordinal) || when.Contains("post-upgrade", StringComparison.Ordinal))
            )
                is { } hook
            ? new(
                $"Job {hook.Name} is a Helm hook ({hook.HelmHook}): with --wait, Helm creates it only after the Deployment is "
                    + "ready, and the Deployment waits for it here",
                "Make the Job a pre-install,pre-upgrade hook."
            )
            : null;
    }

    /// <summary>The last release's object.</summary>
    public static Finding? Stale(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.Stale
            ? new(
                facts.Verdict.Sentence,
                $"{facts.Target.Kind.Renewal}, or correct --expect-label and --expect-image."
            )
            : null;

    /// <summary>The server does not have the kind, so there is no object of it.</summary>
    public static Finding? KindMissing(TargetFacts facts) =>
        facts.Missing && !facts.Target.Kind.IsServed
            ? new(
                facts.Verdict.Sentence,
                "Apply its CustomResourceDefinition (the operator or chart that brings it), or correct the kind and its group."
            )
            : null;

    /// <summary>The kind says where its objects come from.</summary>
    public static Finding? NotInstalled(TargetFacts facts) =>
        facts.Missing && facts.Target is { Name: not null, Kind: { IsServed: true, Origin: { } origin } }
            ? new(facts.Verdict.Sentence, origin)
            : null;

    /// <summary>Something holds up the deletion.</summary>
    public static Finding? BeingDeleted(TargetFacts facts)
    {
        if (facts.Verdict.Code != VerdictCode.BeingDeleted)
            return null;
        var item = facts
            .Jobs.Select(job => job.Metadata)
            .Concat(facts.Services.Select(service => service.Metadata))
            .Concat(facts.KnownPods.Select(pod => pod.Metadata))
            .Concat(facts.Objects.Select(item => item.Metadata))
            .FirstOrDefault();
        var held = string.Join(", ", item?.Finalizers ?? []);
        return held.Length > 0
            ? new(
                $"it is being deleted, and the finalizers {held} block the deletion",
                "Find out why the owners of these finalizers do not finish; then apply the object again."
            )
            : new("it is being deleted", "Wait until it is gone (a node that does not report delays this for its pods), then apply it "
                + "again.");
    }

    /// <summary>This gate saw the Job at work, and saw it deleted.</summary>
    public static Finding? DeletedBeforeEnd(TargetFacts facts) =>
        facts is { Missing: true, DeletedJob: { } job } && RemovedAfterCompletion(facts) is null
            ? new(
                $"Job {job.Metadata?.Name} was {JobRules.Deleted(facts.Target.Expected, job)}",
                "Find out what deleted it (kubectl delete, a Helm upgrade or hook-delete-policy, a pruning sync of Argo CD or Flux), then "
                    + "apply it again."
            )
            : null;

    /// <summary>Its events say that it existed, and completed.</summary>
    public static Finding? RemovedAfterCompletion(TargetFacts facts) =>
        facts.Missing && facts.Events.Any(item => item is { Reason: "Completed", InvolvedObject.Kind: "Job" })
            ? new(
                $"Job {facts.Target.Name} completed and was removed, probably by its ttlSecondsAfterFinished",
                "Raise ttlSecondsAfterFinished; or, if the Job's name contains its version, let it write a completion record and wait "
                    + "with --record NAME."
            )
            : null;

    /// <summary>The namespace does not exist, so nothing in it does.</summary>
    public static Finding? NamespaceMissing(TargetFacts facts)
    {
        if (
            !facts.Missing
            || facts.Target.Namespace is not { } name
            || facts.Namespaces.Count == 0
            || facts.Namespaces.Contains(name, StringComparer.Ordinal)
        )
            return null;
        var similar = Similar.Nearest(name, facts.Namespaces);
        return new(
            $"namespace {name} was not found{(similar is null ? "" : $"; {similar} exists")}",
            "Correct the namespace (-n), or create it."
        );
    }

    /// <summary>The same name in another namespace.</summary>
    public static Finding? OtherNamespace(TargetFacts facts) =>
        facts.Missing && facts.Elsewhere.Count > 0
            ? new(
                $"{facts.Target.KindWord}/{facts.Target.Name} is in namespace {string.Join(", ", facts.Elsewhere.Take(3))}",
                $"Write {facts.Elsewhere[0]}/{facts.Target.KindWord}/{facts.Target.Name}, or -n {facts.Elsewhere[0]}."
            )
            : null;

    /// <summary>Another version of the name, or a typo. A Job that was seen has the right name.</summary>
    public static Finding? SimilarName(TargetFacts facts) =>
        facts is { Missing: true, DeletedJob: null }
        && facts.Target.Name is { } name
        && Similar.Nearest(name, facts.Neighbours.Select(item => item.Name!)) is { } similar
            ? new($"{facts.Target.KindWord}/{similar} exists", $"Correct the name, or apply {facts.Target.KindWord}/{name}.")
            : null;

    /// <summary>Objects of the kind exist, with other labels or in another state; or none exists.</summary>
    public static Finding? SelectorMatchesNothing(TargetFacts facts)
    {
        if (!facts.Missing || facts.Target.Name is not null || !facts.Target.Kind.IsServed)
            return null;
        var (labels, fields) = (facts.Target.Selector, facts.Target.FieldSelector);
        if ((labels, fields) is (null, null))
            return new(
                $"no {facts.Target.KindWord} exists"
                    + (
                        facts.Target.Namespace is { } only ? $" in namespace {only}"
                        : facts.Target.Kind.Namespaced ? " in any namespace"
                        : ""
                    ),
                "Correct the namespace, or apply the objects."
            );
        if (labels is null)
            return new(
                $"no {facts.Target.KindWord} matches the field selector {fields}",
                "Correct the field selector; a field's value may not be what you expect yet."
            );
        var selector = labels;
        var kind = facts.Target.Kind.Word;
        var where = facts.Target.Namespace is { } name ? $"-n {name}" : "-A";
        var others = Nearby(facts, selector)
            ?? (
                facts.Neighbours.Count > 0
                    ? $"; {Words.Count(facts.Neighbours.Count, kind)} with other labels "
                        + (facts.Neighbours.Count == 1 ? "exists" : "exist")
                    : ""
            );
        return new(
            $"no {kind} matches {selector}{others}",
            $"Correct the selector; compare: kubectl get {facts.Target.Kind.Resource} {where} --show-labels"
        );
    }

    /// <summary>Helm made this pod, and the Job may be one that it makes later.</summary>
    public static Finding? PerhapsHelmHook(TargetFacts facts) =>
        facts is { Missing: true, DeletedJob: null, MadeByHelm: not false } && HelmHookDeadlock(facts) is null
            ? new(
                (facts.MadeByHelm == true ? "Helm created this pod, and" : "if Helm created this pod: Helm")
                    + " (with --wait) creates a post-install or post-upgrade hook Job only after this pod is ready",
                "Make the Job a pre-install,pre-upgrade hook, if it is a hook."
            )
            : null;

    /// <summary>Finished Jobs may not stay.</summary>
    public static Finding? PerhapsRemovedByTtl(TargetFacts facts) =>
        facts is { Missing: true, DeletedJob: null, Target: { Kind.RunsToCompletion: true, Name: { } name, Record: null } }
        && RemovedAfterCompletion(facts) is null
        && NamespaceMissing(facts) is null
            ? new(
                "a finished Job may have been removed by its ttlSecondsAfterFinished",
                $"Apply Job {name}; if it may have run already, wait for its completion record with --record NAME."
            )
            : null;

    /// <summary>A record was to speak for the Job, and does not: it may be another ConfigMap's.</summary>
    public static Finding? NotRecorded(TargetFacts facts) =>
        facts is { Missing: true, DeletedJob: null, Target: { Record: { } record, Name: { } name } } && NamespaceMissing(facts) is null
            ? new(
                $"no completion record in ConfigMap {record}",
                $"Apply Job {name}; if it has completed, compare with its key: kubectl get configmap {record} -n {facts.Target.Namespace} "
                    + "-o yaml"
            )
            : null;

    /// <summary>Nothing else was found about an object that is missing.</summary>
    public static Finding? NotFound(TargetFacts facts) =>
        facts is { Missing: true, Target: { Name: { } name, Kind: { RunsToCompletion: false, IsServed: true, Origin: null } kind } }
        && (NamespaceMissing(facts) ?? OtherNamespace(facts) ?? SimilarName(facts)) is null
            ? new(
                facts.Verdict.Sentence,
                $"Apply {facts.Target.KindWord}/{name}, or correct its name{(kind.Namespaced ? " or namespace (-n)" : "")}."
            )
            : null;

    /// <summary>For the plain selector KEY=VALUE: the values of that label that exist.</summary>
    private static string? Nearby(TargetFacts facts, string selector)
    {
        if (selector.Split('=') is not [{ Length: > 0 } key, { Length: > 0 }] || selector.AsSpan().ContainsAny(",!( "))
            return null;
        var values = facts
            .Neighbours.Select(item => item.Labels?.GetValueOrDefault(key))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Take(5)
            .ToList();
        return values.Count > 0 ? $"; label {key} has the values {string.Join(", ", values)}" : null;
    }
}
