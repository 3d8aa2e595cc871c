using System.Text;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>What is known about one target, line by line, without the messages that the report has written already.</summary>
/// <param name="text">Takes the lines, each of two spaces or more.</param>
/// <param name="said">What was written before.</param>
/// <param name="now">When the facts were collected.</param>
internal sealed class DetailText(StringBuilder text, Said said, DateTimeOffset now)
{
    private const int EndpointsShown = 10;

    /// <summary>Writes all lines; none where nothing is known.</summary>
    public void Write(TargetFacts facts)
    {
        foreach (var job in facts.Jobs)
            Job(job);
        foreach (var service in facts.Services)
            Service(service, facts);
        foreach (var item in facts.Objects)
            Object(facts.Target.Kind.Word, item);
        foreach (var pod in facts.Pods)
            Pod(pod);
        if (EventText.Rows(facts, said, now) is { Count: > 0 } events)
            Layout.Table(text.Append("  events, newest first:\n"), "    ", events);
    }

    private void Job(JobState job)
    {
        var (spec, status) = (job.Spec, job.Status);
        Layout.Wrap(
            text,
            "  ",
            List(
                $"job {job.Metadata?.Name}:",
                Since("created", job.Metadata?.CreationTimestamp),
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
        List<Condition> conditions = [.. (status?.Conditions ?? []).OfType<Condition>()];
        foreach (var condition in conditions.Where(condition => !conditions.Exists(end => Announces(condition, end))))
        {
            var when = Moment.Ago(now, condition.LastTransitionTime) is { } ago ? $" ({ago})" : "";
            Layout.Wrap(text, "    ", $"{condition.Type}={condition.Status}{when}: {Why(condition.Reason, condition.Message)}");
        }
    }

    /// <summary>True for the condition that is set before the pods are gone, where the one that is set afterwards says the same.
    /// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions"/></summary>
    private static bool Announces(Condition condition, Condition end) =>
        (condition.Type, end.Type) is ("FailureTarget", "Failed") or ("SuccessCriteriaMet", "Complete")
        && (condition.Reason, condition.Message) == (end.Reason, end.Message);

    private void Object(string kind, ObjectState item)
    {
        var finalizers = string.Join(", ", item.Metadata?.Finalizers ?? []);
        Layout.Wrap(
            text,
            "  ",
            List(
                $"{kind} {item.Metadata?.Name}:",
                Since("created", item.Metadata?.CreationTimestamp),
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

    private void Service(ServiceState service, TargetFacts facts)
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

    private void Pod(PodFacts pod)
    {
        var status = pod.State.Status;
        Layout.Wrap(
            text,
            "  ",
            List(
                $"pod {pod.Name}: {status?.Phase ?? "no phase"}{(status?.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}",
                pod.State.Spec?.NodeName is { } node ? $"node {node}" : "no node",
                Since("created", pod.State.Metadata?.CreationTimestamp),
                pod.State.Metadata?.DeletionTimestamp is null ? null : "being deleted"
            )
        );
        if (said.Once(status?.Message) is { } message)
            Layout.Wrap(text, "    ", message);
        foreach (
            var condition in (status?.Conditions ?? [])
                .OfType<Condition>()
                .Where(condition => condition is { Type: "PodScheduled", Status: not "True" })
        )
            Layout.Wrap(text, "    ", $"not scheduled: {Why(condition.Reason, condition.Message)}");
        foreach (var container in pod.Containers)
        {
            var image = said.Once(pod.SpecOf(container)?.Image) is { } name ? $", image {name}" : "";
            Layout.Wrap(text, "    ", $"container {container.Name}: {State(container)}{image}");
            Message(container.State?.Terminated ?? container.LastState?.Terminated);
            if (pod.LogContainer == container.Name)
                Lines(pod.LogPrevious ? "old log" : "log", pod.Log is [var only] && said.Has(only) ? [EventText.Above] : pod.Log);
        }
    }

    private string State(ContainerStatus container) =>
        List(
            container.State switch
            {
                { Waiting: { } waiting } => $"waiting: {Why(waiting.Reason, waiting.Message)}",
                { Terminated: { } terminated } => Ended(terminated),
                { Running: { } running } => Since("running", running.StartedAt)
                    + (container.Ready == true ? ", ready" : ", not ready"),
                _ => "no state",
            },
            container.State?.Terminated is null && container.LastState?.Terminated is { } last ? $"before that {Ended(last)}" : null,
            container.RestartCount is > 0 and var restarts ? Words.Count(restarts, "restart") : null
        );

    private string Ended(ContainerTerminated terminated)
    {
        var signal = terminated.Signal is > 0 and var number ? $", signal {number}" : "";
        var ago = Moment.Ago(now, terminated.FinishedAt) is { } when ? " " + when : "";
        var why = terminated.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
        return $"exited with {terminated.ExitCode?.ToString() ?? "no code"}{signal}{why}{ago}";
    }

    private void Message(ContainerTerminated? terminated)
    {
        List<string> lines = [.. (terminated?.Message ?? "").Split('\n').Select(Layout.Clean).Where(line => line.Length > 0)];
        var message = string.Join(' ', lines);
        Lines("message", said.Has(message) ? [EventText.Above] : lines);
        said.Add(message);
    }

    /// <summary>Lines of others are not wrapped: they have their own form.</summary>
    private void Lines(string label, IReadOnlyList<string> lines)
    {
        for (var index = 0; index < lines.Count; index++)
            text.Append("      ").Append((index == 0 ? label : "").PadRight(7)).Append(" | ").Append(lines[index]).Append('\n');
    }

    private string Since(string verb, string? time) =>
        Moment.Of(time) is var start && start > DateTimeOffset.MinValue
            ? verb == "running"
                ? $"running for {Words.Duration(now - start)}"
                : $"{verb} {Words.Ago(now - start)}"
            : verb;

    /// <summary>Reason and message; the reason alone where the message was written before.</summary>
    private string Why(string? reason, string? message)
    {
        var why = Layout.Clean(
            (reason, said.Has(message) ? "" : message) switch
            {
                ({ Length: > 0 }, { Length: > 0 } told) => $"{reason}: {told}",
                ({ Length: > 0 }, _) => reason,
                (_, { Length: > 0 } told) => told,
                _ => message is { Length: > 0 } ? EventText.Above : "no reason given",
            }
        );
        said.Add(why);
        return why;
    }

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
