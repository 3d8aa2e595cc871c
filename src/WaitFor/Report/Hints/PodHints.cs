using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report.Hints;

/// <summary>What the pods, and their events, say.</summary>
internal static class PodHints
{
    /// <summary>The node threw the pod out.</summary>
    public static Finding? Evicted(TargetFacts facts) => First(facts, pod => Present(facts, pod) ? EvictionOf(pod) : null);

    /// <summary>A container was killed because it used more memory than its limit.</summary>
    public static Finding? OutOfMemory(TargetFacts facts) => First(facts, pod => Present(facts, pod) ? OutOfMemoryOf(pod) : null);

    /// <summary>A container ended with an error: what it said about it itself comes first.</summary>
    public static Finding? ContainerFailed(TargetFacts facts) => First(facts, pod => Present(facts, pod) ? FailureOf(facts, pod) : null);

    /// <summary>A try before the present one has failed.</summary>
    public static Finding? EarlierTryFailed(TargetFacts facts) =>
        First(facts, pod =>
            !Present(facts, pod) && (EvictionOf(pod) ?? OutOfMemoryOf(pod) ?? FailureOf(facts, pod)) is { } failure
                ? new($"an earlier attempt failed: {failure.Fact}", failure.Action)
                : null
        );

    private static Finding? EvictionOf(PodFacts pod) =>
        IsEvicted(pod)
            ? new(
                $"{pod.Name} was evicted: {pod.State.Status?.Message ?? "no message"}",
                "Give it requests that match what it uses (and a priority), so that the node does not evict it."
            )
            : null;

    private static Finding? OutOfMemoryOf(PodFacts pod) =>
        !IsEvicted(pod) && pod.Failures.FirstOrDefault(failure => failure.End.Reason == "OOMKilled") is { Container: { } container }
            ? new(
                $"{pod.Name}: container {container.Name} used more than its memory limit and was killed (OOMKilled)",
                $"Raise resources.limits.memory of container {container.Name}, or let it use less."
            )
            : null;

    private static Finding? FailureOf(TargetFacts facts, PodFacts pod)
    {
        if (
            IsEvicted(pod)
            || pod.Failures.FirstOrDefault(failure => failure.End.Reason != "OOMKilled") is not { Container: { } container, End: { } end }
        )
            return null;
        var where = pod.Containers.Skip(1).Any() ? $"{pod.Name}, container {container.Name}" : pod.Name;
        // A message that is the end of the log says most at its own end; lines that are indented below the first belong to it.
        List<string> lines = [.. (end.Message ?? "").Split('\n').Where(line => !string.IsNullOrWhiteSpace(line))];
        var message =
            lines.Count == 0 ? null
            : pod.SpecOf(container) is { TerminationMessagePolicy: "FallbackToLogsOnError" } ? lines[^1].Trim()
            : lines.Skip(1).All(line => line[0] is ' ' or '\t') && lines[0].TrimEnd() is [.., not ':'] ? lines[0].Trim()
            : string.Join(' ', lines.Select(line => line.Trim()));
        var said = message ?? (pod.LogContainer == container.Name && pod.Log.Count > 0 ? pod.Log[^1] : null);
        var code = $"exited with {end.ExitCode}{(end.Signal is > 0 and var signal ? $" (signal {signal})" : "")}";
        var previous = container.State?.Terminated is null ? " --previous" : "";
        return new(
            $"{where}: {said ?? code}",
            "Fix the cause"
                + (facts.Verdict.Code == VerdictCode.JobFailed ? ", then apply a new Job (a failed one never runs again)" : "")
                + $"; the whole log: kubectl logs {pod.Name} -n {pod.State.Metadata?.Namespace} -c {container.Name}{previous}"
        );
    }

    private static bool IsEvicted(PodFacts pod) => pod.State.Status is { Reason: "Evicted" or "Preempting" };

    /// <summary>False for a pod that has failed while another one is at it: what stands in its way comes first.</summary>
    private static bool Present(TargetFacts facts, PodFacts pod) =>
        pod.Unfinished || facts.Verdict.Kind == VerdictKind.Failed || !facts.Pods.Any(other => other.Unfinished);

    /// <summary>The image does not exist, or cannot be pulled.</summary>
    public static Finding? ImagePull(TargetFacts facts) => FirstLiving(facts, pod =>
        {
            var waiting = Waiting(
                pod,
                "ErrImagePull",
                "ImagePullBackOff",
                "InvalidImageName",
                "ErrImageNeverPull",
                "ImageInspectError",
                "RegistryUnavailable"
            );
            if (waiting is null)
                return null;
            var (container, state) = waiting.Value;
            // The back-off's message no longer says why on older servers; the event of the first try does.
            var why =
                state.Message is { } message && message.Contains(": ", StringComparison.Ordinal)
                    ? message
                    : facts
                        .Events.FirstOrDefault(item =>
                            item.Reason == "Failed"
                            && item.InvolvedObject?.Name == pod.Name
                            && item.Message?.Contains("pull image", StringComparison.Ordinal) == true
                        )
                        ?.Message
                        ?? state.Message
                        ?? "";
            var fact = $"{pod.Name} cannot pull image {pod.SpecOf(container)?.Image ?? "(unknown)"} ({state.Reason})";
            return why switch
            {
                _ when state.Reason == "InvalidImageName" => new(fact, $"Correct the image name of container {container.Name}."),
                _ when state.Reason == "ErrImageNeverPull" => new(
                    fact,
                    $"Load the image onto node {pod.State.Spec?.NodeName}, or change imagePullPolicy (it is Never)."
                ),
                _ when Quotes.HasAny(why, "toomanyrequests", "too many requests", "pull QPS exceeded") => new(
                    fact + ": too many pulls",
                    "Wait a while, or pull with your own imagePullSecret or from a mirror."
                ),
                _ when Quotes.HasAny(why, "unauthorized", "denied", "authorization failed", "authentication required", "forbidden") => new(
                    fact,
                    "Give the pod an imagePullSecret that can read this repository, or correct the image's name."
                ),
                _ when Quotes.HasAny(why, "no such host", "i/o timeout", "connection refused", "deadline exceeded", "handshake timeout") =>
                    new(fact, $"Make the registry reachable from node {pod.State.Spec?.NodeName}, or correct the image's name."),
                _ when Quotes.HasAny(why, "not found", "notfound", "manifest unknown", "name unknown", "does not exist") => new(
                    fact,
                    "Push the image, or correct its name and tag."
                ),
                // The back-off alone gives no reason.
                _ when !why.Contains(": ", StringComparison.Ordinal) => new(
                    fact,
                    "Check the image's name and tag, the registry, and the pod's imagePullSecrets; the kubelet then retries."
                ),
                _ => new($"{fact}: {why}", "Correct what the message names; the kubelet then retries."),
            };
        });

    /// <summary>A ConfigMap or Secret (or a key of it) that the pod refers to does not exist.</summary>
    public static Finding? ConfigMissing(TargetFacts facts) => FirstLiving(facts, pod =>
        {
            var message =
                Waiting(pod, "CreateContainerConfigError") is { } waiting ? waiting.State.Message
                : NeverStarted(pod) ? EventOf(facts, pod, "FailedMount")?.Message
                : null;
            // The names of volumes and pods in it say nothing.
            if (
                message is null
                || message.Contains("runAsNonRoot", StringComparison.Ordinal)
                || !Quotes.HasAny(Quotes.After(message, "\" : "), "configmap", "secret")
            )
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
    public static Finding? VolumeNotMounted(TargetFacts facts) =>
        FirstLiving(facts, pod =>
            NeverStarted(pod)
            && (EventOf(facts, pod, "FailedMount") ?? EventOf(facts, pod, "FailedAttachVolume")) is { } mount
            && ConfigMissing(facts) is null
                ? new($"{pod.Name}: {mount.Message}", "Correct the volume, or what it refers to.")
                : null
        );

    /// <summary>The runtime cannot create or start the container (a command that does not exist, a wrong user).</summary>
    public static Finding? ContainerCannotStart(TargetFacts facts) => FirstLiving(facts, pod =>
        {
            if (
                Waiting(
                    pod,
                    "CreateContainerConfigError",
                    "CreateContainerError",
                    "RunContainerError",
                    "CreatePodSandboxError",
                    "PostStartHookError"
                )
                    is not { Container: { } container, State: { } state }
                || (state.Reason == "CreateContainerConfigError" && ConfigMissing(facts) is not null)
            )
                return null;
            return new(
                $"{pod.Name}: container {container.Name}: {state.Reason}: {state.Message}",
                state.Message?.Contains("runAsNonRoot", StringComparison.Ordinal) == true
                    ? $"Give container {container.Name} a user other than root (runAsUser), or an image that has one."
                    : $"Correct command, user, mounts or security context of container {container.Name}."
            );
        });

    /// <summary>The pod gets no network: nothing in it can start.</summary>
    public static Finding? NoSandbox(TargetFacts facts) =>
        FirstLiving(facts, pod =>
            NeverStarted(pod) && EventOf(facts, pod, "FailedCreatePodSandBox") is { } sandbox
                ? new(
                    $"{pod.Name}: {sandbox.Message}",
                    $"Look at the network plugin (CNI) and the runtime on node {pod.State.Spec?.NodeName}."
                )
                : null
        );

    /// <summary>No node takes the pod: the scheduler says why.</summary>
    public static Finding? Unschedulable(TargetFacts facts) =>
        FirstLiving(facts, pod =>
            pod is { Overdue: true, State: { Spec.NodeName: null or "", Status: { Phase: "Pending", Conditions: null or [] } } }
                ? new(
                    $"{pod.Name}: not scheduled, and no scheduler says why",
                    "Check that the scheduler runs (kube-scheduler, or the one that the pod's schedulerName names)."
                )
            : pod.State.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" })
                is { } unscheduled
                ? new(
                    $"{pod.Name}: not scheduled: {unscheduled.Message ?? unscheduled.Reason ?? "no reason given"}",
                    unscheduled.Reason == "SchedulingGated"
                        ? "Wait until the controller that set the pod's scheduling gates (such as a queue) removes them."
                        : "Add or free capacity, or change the pod's requests, nodeSelector, affinity or tolerations so that a node "
                            + "takes it."
                )
                : null
        );

    /// <summary>The node does not report any more: nobody knows what its containers do. Once its pods are marked as deleted, that is all
    /// that happens to them.</summary>
    public static Finding? NodeLost(TargetFacts facts) =>
        First(facts, pod =>
            pod.State.Spec?.NodeName is { } node
            && (
                pod.State.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "Unknown" }) == true
                || facts.Events.FirstOrDefault(item => item.InvolvedObject?.Name == pod.Name) is { Reason: "NodeNotReady" }
            )
                ? new(
                    $"node {node} of {pod.Name} does not report",
                    $"Bring node {node} back, or delete it so that its pods are replaced: kubectl get node {node}"
                )
                : null
        );

    /// <summary>The pod runs, and its probe says that it is not ready.</summary>
    public static Finding? ProbeFails(TargetFacts facts) =>
        FirstLiving(facts, pod =>
            EventOf(facts, pod, "Unhealthy") is { } probe && PodRules.Alone(pod.State).Kind == VerdictKind.Pending
                ? new(
                    $"{pod.Name}: {probe.Message}",
                    $"Find out why the probe fails: kubectl logs {pod.Name} -n {pod.State.Metadata?.Namespace}"
                )
                : null
        );

    private static EventState? EventOf(TargetFacts facts, PodFacts pod, string reason) =>
        facts.Events.FirstOrDefault(item => item.Reason == reason && item.InvolvedObject?.Name == pod.Name);

    /// <summary>True while no container has run: what held up the start may hold it up still.</summary>
    private static bool NeverStarted(PodFacts pod) =>
        pod.State.Status?.Phase == "Pending"
        && !pod.Containers.Any(container =>
            container.State is { Running: not null } or { Terminated: not null } || container.LastState?.Terminated is not null
        );

    private static (ContainerStatus Container, ContainerWaiting State)? Waiting(PodFacts pod, params ReadOnlySpan<string> reasons)
    {
        foreach (var container in pod.Containers)
        {
            if (container.State?.Waiting is { } waiting && reasons.Contains(waiting.Reason))
                return (container, waiting);
        }

        return null;
    }

    /// <summary>What is found for the first pod for which anything is found. A pod that is well says nothing.</summary>
    private static Finding? First(TargetFacts facts, Func<PodFacts, Finding?> rule)
    {
        foreach (var pod in facts.Pods)
        {
            // A pod that is being deleted still tells why it failed: its Job deletes it before it says that it has failed.
            if (
                (pod.State.Metadata?.DeletionTimestamp is not null || PodRules.Alone(pod.State).Kind != VerdictKind.Met)
                && rule(pod) is { } found
            )
                return found;
        }

        return null;
    }

    /// <summary>As <see cref="First"/>, without pods that are being deleted: those start nothing any more.</summary>
    private static Finding? FirstLiving(TargetFacts facts, Func<PodFacts, Finding?> rule) =>
        First(facts, pod => pod.State.Metadata?.DeletionTimestamp is null ? rule(pod) : null);
}
