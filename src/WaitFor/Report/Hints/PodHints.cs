using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report.Hints;

/// <summary>What the pods, and their events, say.</summary>
internal static class PodHints
{
    /// <summary>A container was killed because it used more memory than its limit.</summary>
    public static Finding? OutOfMemory(TargetFacts facts) => First(facts, pod =>
        pod.Failures.FirstOrDefault(failure => failure.End.Reason == "OOMKilled") is { Container: { } container }
            ? new($"{pod.Name}: container {container.Name} used more than its memory limit and was killed (OOMKilled)", $"Raise resources.limits.memory of container {container.Name}, or let it use less.")
            : null);

    /// <summary>A container ended with an error: what it said about it itself comes first.</summary>
    public static Finding? ContainerFailed(TargetFacts facts) => First(facts, pod =>
    {
        if (pod.Failures.FirstOrDefault(failure => failure.End.Reason != "OOMKilled") is not { Container: { } container, End: { } end })
            return null;
        var where = pod.Containers.Skip(1).Any() ? $"{pod.Name}, container {container.Name}" : pod.Name;
        var said = Layout.Clean(end.Message) is { Length: > 0 } message ? message : pod.LogContainer == container.Name && pod.Log.Count > 0 ? pod.Log[^1] : null;
        var code = $"exited with {end.ExitCode}{(end.Signal is > 0 and var signal ? $" (signal {signal})" : "")}";
        var previous = container.State?.Terminated is null ? " --previous" : "";
        return new($"{where}: {said ?? code}", $"Mend what it says; its whole log: kubectl logs {pod.Name} -n {pod.State.Metadata?.Namespace} -c {container.Name}{previous}");
    });

    /// <summary>The node threw the pod out.</summary>
    public static Finding? Evicted(TargetFacts facts) => First(facts, pod => pod.State.Status is { Reason: "Evicted" or "Preempting" } status
        ? new($"{pod.Name} was evicted: {status.Message ?? "no message"}", "Give it requests that match what it uses (and a priority), so that its node keeps it.")
        : null);

    /// <summary>The image is not there, or not to be had.</summary>
    public static Finding? ImagePull(TargetFacts facts) => First(facts, pod =>
    {
        var waiting = Waiting(pod, "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable");
        if (waiting is null)
            return null;
        var (container, state) = waiting.Value;
        var image = (pod.State.Spec?.InitContainers ?? []).Concat(pod.State.Spec?.Containers ?? []).FirstOrDefault(spec => spec?.Name == container.Name)?.Image;
        // The back-off's message no longer says why on older servers; the event of the first try does.
        var why = state.Message is { } message && message.Contains(": ", StringComparison.Ordinal)
            ? message
            : facts.Events.FirstOrDefault(item => item.Reason == "Failed" && item.InvolvedObject?.Name == pod.Name && item.Message?.Contains("pull image", StringComparison.Ordinal) == true)?.Message ?? state.Message ?? "";
        return new($"{pod.Name} cannot pull image {image ?? "(unknown)"} ({state.Reason})", why switch
        {
            _ when state.Reason == "InvalidImageName" => $"Correct the image name of container {container.Name}.",
            _ when Quotes.HasAny(why, "unauthorized", "denied", "authorization failed", "authentication required", "forbidden") => "Give the pod an imagePullSecret that may read this repository, or correct the image's name.",
            _ when Quotes.HasAny(why, "no such host", "i/o timeout", "connection refused", "deadline exceeded") => $"Make the registry reachable from node {pod.State.Spec?.NodeName}, or correct the image's name.",
            _ => "Push the image, or correct its name and tag.",
        });
    });

    /// <summary>A ConfigMap or Secret (or a key of it) that the pod refers to is not there.</summary>
    public static Finding? ConfigMissing(TargetFacts facts) => First(facts, pod =>
    {
        var message = Waiting(pod, "CreateContainerConfigError") is { } waiting
            ? waiting.State.Message
            : facts.Events.FirstOrDefault(item => item.Reason == "FailedMount" && item.InvolvedObject?.Name == pod.Name && Quotes.HasAny(item.Message ?? "", "configmap \"", "secret \""))?.Message;
        if (message is null)
            return null;
        var @namespace = pod.State.Metadata?.Namespace;
        var action = (Quotes.NameAfter(message, "configmap"), Quotes.NameAfter(message, "secret")) switch
        {
            ({ } map, _) => $"Create ConfigMap {map} in namespace {@namespace} (before the pod), or correct its name in the pod.",
            (_, { } secret) => $"Create Secret {secret} in namespace {@namespace} (before the pod), or correct its name in the pod.",
            _ => "Correct the ConfigMap or Secret, or the reference in the pod.",
        };
        return new($"{pod.Name}: {message}", action);
    });

    /// <summary>A volume cannot be attached or mounted.</summary>
    public static Finding? VolumeNotMounted(TargetFacts facts) => First(facts, pod =>
        facts.Events.FirstOrDefault(item => item.Reason is "FailedMount" or "FailedAttachVolume" && item.InvolvedObject?.Name == pod.Name && !Quotes.HasAny(item.Message ?? "", "configmap \"", "secret \"")) is { } mount
        && pod.State.Status?.Phase == "Pending"
            ? new($"{pod.Name}: {mount.Message}", "Correct the volume, or what it refers to.")
            : null);

    /// <summary>The runtime cannot create or start the container (a command that is not there, a wrong user).</summary>
    public static Finding? ContainerCannotStart(TargetFacts facts) => First(facts, pod =>
        Waiting(pod, "CreateContainerError", "RunContainerError", "CreatePodSandboxError", "PostStartHookError") is { } waiting
            ? new($"{pod.Name}: container {waiting.Container.Name}: {waiting.State.Reason}: {waiting.State.Message}", $"Correct command, user, mounts or security context of container {waiting.Container.Name}.")
            : null);

    /// <summary>No node takes the pod: the scheduler says why.</summary>
    public static Finding? Unschedulable(TargetFacts facts) => First(facts, pod =>
        pod.State.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled
            ? new($"{pod.Name}: not scheduled: {unscheduled.Message ?? unscheduled.Reason ?? "no reason given"}", "Add or free capacity, or change the pod's requests, nodeSelector, affinity or tolerations so that a node takes it.")
            : null);

    /// <summary>The node does not report any more: nobody knows what its containers do.</summary>
    public static Finding? NodeLost(TargetFacts facts) => First(facts, pod =>
        pod.State.Spec?.NodeName is { } node && (pod.State.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "Unknown" }) == true
            || facts.Events.Any(item => item.Reason == "NodeNotReady" && item.InvolvedObject?.Name == pod.Name))
            ? new($"node {node} of {pod.Name} does not report", $"Bring node {node} back, or delete it so that its pods are replaced: kubectl get node {node}")
            : null);

    /// <summary>The pod runs, and its probe says that it is not ready.</summary>
    public static Finding? ProbeFails(TargetFacts facts) => First(facts, pod =>
        facts.Events.FirstOrDefault(item => item.Reason == "Unhealthy" && item.InvolvedObject?.Name == pod.Name) is { } probe && PodRules.Alone(pod.State).Kind == VerdictKind.Pending
            ? new($"{pod.Name}: {probe.Message}", $"Look at what the probe asks of the container: kubectl logs {pod.Name} -n {pod.State.Metadata?.Namespace}")
            : null);

    private static (ContainerStatus Container, ContainerWaiting State)? Waiting(PodFacts pod, params ReadOnlySpan<string> reasons)
    {
        foreach (var container in pod.Containers)
        {
            if (container.State?.Waiting is { } waiting && reasons.Contains(waiting.Reason))
                return (container, waiting);
        }

        return null;
    }

    /// <summary>What is found for the first pod for which anything is found. A pod that is well, or is being deleted, says nothing.</summary>
    private static Finding? First(TargetFacts facts, Func<PodFacts, Finding?> rule)
    {
        foreach (var pod in facts.Pods)
        {
            if (pod.State.Metadata?.DeletionTimestamp is null && PodRules.Alone(pod.State).Kind != VerdictKind.Met && rule(pod) is { } found)
                return found;
        }

        return null;
    }
}
