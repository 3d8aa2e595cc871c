using System.Text.Json;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>The facts about one target, in JSON: the same that <see cref="DetailText"/> shows, with times in place of ages.</summary>
internal static class JsonDetails
{
    /// <summary>Writes the arrays into the target's object; they are empty where nothing is known.</summary>
    public static void Write(Utf8JsonWriter json, TargetFacts facts)
    {
        List(json, "jobs", facts.Jobs, Job);
        if (facts.PodCount is { } count)
            json.WriteNumber("podCount", count);
        else
            json.WriteNull("podCount");
        List(json, "pods", facts.Pods, Pod);
        List(json, "services", facts.Services, (json, service) => Service(json, service, facts.Slices));
        if (facts.Objects.Count > 0)
            List(json, "resources", facts.Objects, Object);
        List(json, "events", [.. facts.ShownEvents], Event);
    }

    private static void Job(Utf8JsonWriter json, JobState job)
    {
        Head(json, job);
        Number(json, "active", job.Status?.Active ?? 0);
        Number(json, "succeeded", job.Status?.Succeeded ?? 0);
        Number(json, "failed", job.Status?.Failed ?? 0);
        Number(json, "completions", job.Spec?.Completions);
        Number(json, "backoffLimit", job.Spec?.BackoffLimit);
        Number(json, "activeDeadlineSeconds", job.Spec?.ActiveDeadlineSeconds);
        Number(json, "ttlSecondsAfterFinished", job.Spec?.TtlSecondsAfterFinished);
        json.WriteBoolean("suspend", job.Spec?.Suspend == true);
        Conditions(json, job.Status?.Conditions ?? []);
    }

    private static void Object(Utf8JsonWriter json, ObjectState item)
    {
        Head(json, item);
        Number(json, "generation", item.Generation);
        Number(json, "observedGeneration", item.ObservedGeneration);
        json.WriteStartArray("finalizers");
        foreach (var finalizer in item.Metadata?.Finalizers ?? [])
            json.WriteStringValue(finalizer);
        json.WriteEndArray();
        Conditions(json, item.Conditions);
    }

    private static void Conditions(Utf8JsonWriter json, IReadOnlyList<Condition?> conditions) =>
        List(json, "conditions", [.. conditions.OfType<Condition>()], (json, condition) =>
        {
            json.WriteString("type", condition.Type);
            json.WriteString("status", condition.Status);
            Text(json, "reason", condition.Reason);
            Text(json, "message", condition.Message);
            json.WriteString("lastTransitionTime", condition.LastTransitionTime);
        });

    private static void Pod(Utf8JsonWriter json, PodFacts pod)
    {
        Head(json, pod.State);
        json.WriteString("phase", pod.State.Status?.Phase);
        Text(json, "reason", pod.State.Status?.Reason);
        Text(json, "message", pod.State.Status?.Message);
        json.WriteString("node", pod.State.Spec?.NodeName);
        List(json, "containers", [.. pod.Containers], (json, container) =>
        {
            json.WriteString("name", container.Name);
            json.WriteBoolean("ready", container.Ready == true);
            json.WriteNumber("restartCount", container.RestartCount ?? 0);
            json.WriteString(
                "state",
                container.State switch
                {
                    { Waiting: not null } => "waiting",
                    { Running: not null } => "running",
                    { Terminated: not null } => "terminated",
                    _ => null,
                }
            );
            Text(json, "waitingReason", container.State?.Waiting?.Reason);
            Text(json, "waitingMessage", container.State?.Waiting?.Message);
            json.WriteString("startedAt", container.State?.Running?.StartedAt);
            // What ended last: now, or before the last restart.
            var ended = container.State?.Terminated ?? container.LastState?.Terminated;
            Number(json, "exitCode", ended?.ExitCode);
            Number(json, "signal", ended?.Signal);
            Text(json, "exitReason", ended?.Reason);
            json.WriteString("terminationMessage", ended?.Message is { } message ? Layout.CleanLines(message) : null);
            json.WriteString("finishedAt", ended?.FinishedAt);
        });
        json.WriteString("logContainer", pod.LogContainer);
        json.WriteBoolean("logPrevious", pod.LogPrevious);
        json.WriteStartArray("log");
        foreach (var line in pod.Log)
            json.WriteStringValue(line);
        json.WriteEndArray();
    }

    private static void Service(Utf8JsonWriter json, ServiceState service, IReadOnlyList<EndpointSliceState> slices)
    {
        Head(json, service);
        json.WriteString("type", service.Spec?.Type);
        json.WriteStartObject("selector");
        foreach (var (key, value) in service.Spec?.Selector ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
        List(json, "endpoints", DetailText.Endpoints(service, slices), (json, endpoint) =>
        {
            json.WriteString("pod", endpoint.TargetRef?.Kind == "Pod" ? endpoint.TargetRef.Name : null);
            json.WriteString("address", endpoint.Addresses is [{ } address, ..] ? address : null);
            json.WriteString("standing", DetailText.StandingOf(endpoint));
        });
    }

    private static void Event(Utf8JsonWriter json, EventState item)
    {
        json.WriteString("lastSeen", item.LastSeen);
        json.WriteString("type", item.Type);
        Text(json, "reason", item.Reason);
        json.WriteNumber("count", item.Times);
        json.WriteString("object", $"{item.InvolvedObject?.Kind?.ToLowerInvariant()}/{item.InvolvedObject?.Name}");
        Text(json, "message", item.Message);
    }

    private static void Head(Utf8JsonWriter json, IObjectState item)
    {
        json.WriteString("name", item.Metadata?.Name);
        json.WriteString("namespace", item.Metadata?.Namespace);
        json.WriteString("creationTimestamp", item.Metadata?.CreationTimestamp);
        json.WriteBoolean("beingDeleted", item.Metadata?.DeletionTimestamp is not null);
    }

    private static void Text(Utf8JsonWriter json, string name, string? text) =>
        json.WriteString(name, text is null ? null : Layout.Clean(text));

    private static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
        where T : class
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
