using System.Text;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>What is known about one target, line by line.</summary>
internal static class DetailText
{
    private const int EndpointsShown = 10;

    /// <summary>Writes all lines, each of two spaces or more; none where nothing is known.</summary>
    public static void Write(StringBuilder text, TargetFacts facts, DateTimeOffset now)
    {
        foreach (var job in facts.Jobs)
            Job(text, job, now);
        foreach (var service in facts.Services)
            Service(text, service, facts);
        foreach (var item in facts.Objects)
            Object(text, facts.Target.Kind.Word, item, now);
        foreach (var pod in facts.Pods)
            Pod(text, pod, now);
        Events(text, [.. facts.ShownEvents], now);
    }

    private static void Job(StringBuilder text, JobState job, DateTimeOffset now)
    {
        var (spec, status) = (job.Spec, job.Status);
        Layout.Wrap(
            text,
            "  ",
            List(
                $"job {job.Metadata?.Name}:",
                Since("created", now, job.Metadata?.CreationTimestamp),
                $"backoffLimit {spec?.BackoffLimit ?? 6}",
                spec?.ActiveDeadlineSeconds is { } deadline ? $"activeDeadlineSeconds {deadline}" : null,
                spec?.TtlSecondsAfterFinished is { } ttl ? $"ttlSecondsAfterFinished {ttl}" : null,
                spec?.Suspend == true ? "suspended" : null
            )
        );
        var (active, succeeded, _) = JobRules.Numbers(job);
        Layout.Wrap(
            text,
            "    ",
            Layout.Clean($"{active} active, {succeeded} succeeded of {spec?.Completions ?? 1}, {JobRules.Failures(job)}")
        );
        foreach (var condition in (status?.Conditions ?? []).OfType<Condition>())
        {
            var when = Moment.Ago(now, condition.LastTransitionTime) is { } ago ? $" ({ago})" : "";
            Layout.Wrap(text, "    ", $"{condition.Type}={condition.Status}{when}: {Why(condition.Reason, condition.Message)}");
        }
    }

    private static void Object(StringBuilder text, string kind, ObjectState item, DateTimeOffset now)
    {
        var finalizers = string.Join(", ", item.Metadata?.Finalizers ?? []);
        Layout.Wrap(
            text,
            "  ",
            List(
                $"{kind} {item.Metadata?.Name}:",
                Since("created", now, item.Metadata?.CreationTimestamp),
                item.Generation is { } generation ? $"generation {generation}" : null,
                item.Outdated ? $"observed {item.ObservedGeneration}" : null,
                item.Metadata?.DeletionTimestamp is null ? null : "being deleted",
                finalizers.Length > 0 ? $"finalizers {finalizers}" : null
            )
        );
        List<string[]> rows = [["CONDITION", "STATUS", "SINCE", "REASON AND MESSAGE"]];
        foreach (var condition in item.Conditions.OfType<Condition>())
            rows.Add(
                [
                    Layout.Clean(condition.Type),
                    Layout.Clean(condition.Status),
                    Moment.Ago(now, condition.LastTransitionTime) ?? "",
                    Why(condition.Reason, condition.Message),
                ]
            );
        if (rows.Count > 1)
            Layout.Table(text, "    ", rows);
    }

    private static void Service(StringBuilder text, ServiceState service, TargetFacts facts)
    {
        var selector = service.Spec?.Selector is { Count: > 0 } labels
            ? $"selector {string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"))}"
            : "no selector";
        var matches =
            facts is { PodCount: { } count, Services.Count: 1 } && service.Spec?.Selector is not null
                ? $", {Words.Count(count, "pod")} {(count == 1 ? "matches" : "match")} it"
                : "";
        Layout.Wrap(text, "  ", $"service {service.Metadata?.Name}: {selector}{matches}");
        var endpoints = Endpoints(service, facts.Slices);
        foreach (var endpoint in endpoints.Take(EndpointsShown))
            Layout.Wrap(text, "    ", $"endpoint {NameOf(endpoint)}: {StandingOf(endpoint)}");
        if (endpoints.Count > EndpointsShown)
            Layout.Wrap(text, "    ", $"and {endpoints.Count - EndpointsShown} more");
    }

    /// <summary>The endpoints of a service, each once (dual stack has it in two slices), those that are not ready first.</summary>
    internal static List<Endpoint> Endpoints(ServiceState service, IReadOnlyList<EndpointSliceState> slices) =>
        [
            .. slices
                .Where(slice => ServiceRules.Belongs(slice, service))
                .SelectMany(slice => slice.Endpoints ?? [])
                .OfType<Endpoint>()
                .OrderBy(endpoint =>
                    StandingOf(endpoint) switch
                    {
                        "not ready" => 0,
                        "ready" => 2,
                        _ => 1,
                    }
                )
                .DistinctBy(NameOf, StringComparer.Ordinal),
        ];

    private static string NameOf(Endpoint endpoint) =>
        endpoint.TargetRef?.Name ?? (endpoint.Addresses is [{ } address, ..] ? address : "without address");

    /// <summary>As the verdict counts it.</summary>
    internal static string StandingOf(Endpoint endpoint) =>
        endpoint.Standing switch
        {
            EndpointStanding.Terminating => "terminating",
            EndpointStanding.Ready => "ready",
            _ => "not ready",
        };

    private static void Pod(StringBuilder text, PodFacts pod, DateTimeOffset now)
    {
        var status = pod.State.Status;
        Layout.Wrap(
            text,
            "  ",
            List(
                $"pod {pod.Name}: {status?.Phase ?? "no phase"}{(status?.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}",
                pod.State.Spec?.NodeName is { } node ? $"node {node}" : "no node",
                Since("created", now, pod.State.Metadata?.CreationTimestamp),
                pod.State.Metadata?.DeletionTimestamp is null ? null : "being deleted"
            )
        );
        if (status?.Message is { Length: > 0 } message)
            Layout.Wrap(text, "    ", Layout.Clean(message));
        foreach (
            var condition in (status?.Conditions ?? [])
                .OfType<Condition>()
                .Where(condition => condition is { Type: "PodScheduled", Status: not "True" })
        )
            Layout.Wrap(text, "    ", $"not scheduled: {Why(condition.Reason, condition.Message)}");
        foreach (var container in pod.Containers)
        {
            Layout.Wrap(text, "    ", $"container {container.Name}: {State(container, now)}");
            Said(text, container.State?.Terminated ?? container.LastState?.Terminated);
            if (pod.LogContainer == container.Name)
                Lines(text, pod.LogPrevious ? "old log" : "log", pod.Log);
        }
    }

    private static string State(ContainerStatus container, DateTimeOffset now) =>
        List(
            container.State switch
            {
                { Waiting: { } waiting } => $"waiting: {Why(waiting.Reason, waiting.Message)}",
                { Terminated: { } terminated } => Ended(terminated, now),
                { Running: { } running } => Since("running", now, running.StartedAt)
                    + (container.Ready == true ? ", ready" : ", not ready"),
                _ => "no state",
            },
            container.State?.Terminated is null && container.LastState?.Terminated is { } last ? $"before that {Ended(last, now)}" : null,
            container.RestartCount is > 0 and var restarts ? Words.Count(restarts, "restart") : null
        );

    private static string Ended(ContainerTerminated terminated, DateTimeOffset now)
    {
        var signal = terminated.Signal is > 0 and var number ? $", signal {number}" : "";
        var ago = Moment.Ago(now, terminated.FinishedAt) is { } when ? " " + when : "";
        var why = terminated.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
        return $"exited with {terminated.ExitCode?.ToString() ?? "no code"}{signal}{why}{ago}";
    }

    private static void Said(StringBuilder text, ContainerTerminated? terminated) =>
        Lines(text, "message", [.. (terminated?.Message ?? "").Split('\n').Select(Layout.Clean).Where(line => line.Length > 0)]);

    /// <summary>Lines of others are not wrapped: they have their own form.</summary>
    private static void Lines(StringBuilder text, string label, IReadOnlyList<string> lines)
    {
        for (var index = 0; index < lines.Count; index++)
            text.Append("      ").Append((index == 0 ? label : "").PadRight(7)).Append(" | ").Append(lines[index]).Append('\n');
    }

    private static void Events(StringBuilder text, IReadOnlyList<EventState> events, DateTimeOffset now)
    {
        if (events.Count == 0)
            return;
        text.Append("  events, newest first:\n");
        Layout.Table(
            text,
            "    ",
            [
                .. events.Select(item =>
                    new[]
                    {
                        Moment.Ago(now, item.LastSeen) ?? "",
                        Layout.Clean(item.Reason) + (item.Times > 1 ? $" x{item.Times}" : ""),
                        $"{item.InvolvedObject?.Kind?.ToLowerInvariant()}/{item.InvolvedObject?.Name}: {Layout.Clean(item.Message)}",
                    }
                ),
            ]
        );
    }

    private static string Since(string verb, DateTimeOffset now, string? time) =>
        Moment.Of(time) is var start && start > DateTimeOffset.MinValue
            ? verb == "running"
                ? $"running for {Words.Duration(now - start)}"
                : $"{verb} {Words.Ago(now - start)}"
            : verb;

    private static string Why(string? reason, string? message) =>
        Layout.Clean(
            (reason, message) switch
            {
                ({ Length: > 0 }, { Length: > 0 }) => $"{reason}: {message}",
                ({ Length: > 0 }, _) => reason,
                _ => message is { Length: > 0 } ? message : "no reason given",
            }
        );

    private static string List(string head, params ReadOnlySpan<string?> rest)
    {
        var text = new StringBuilder(head);
        foreach (var part in rest)
        {
            if (part is not null)
                text.Append(text[^1] == ':' ? " " : ", ").Append(part);
        }

        return text.ToString();
    }
}
