using System.Text.Json;

namespace WaitFor.Verdicts.State;

/// <summary>Reads an object's JSON into the state that verdicts are made of: just these fields.
/// A field of the wrong type, or an object without a name, is refused: what cannot be read is never judged.</summary>
public static class StateReader
{
    /// <summary>The schema of a CustomResourceDefinition nests deeper than the 64 levels that are usual.</summary>
    internal static readonly JsonDocumentOptions Deep = new() { MaxDepth = 500 };

    /// <summary>Reads a Job.</summary>
    /// <exception cref="JsonException">The JSON is not a Job: broken, a field of the wrong type, or no name.</exception>
    public static JobState Job(ReadOnlySpan<byte> json) => Read(json, job => new JobState
        {
            Metadata = ReadMetadata(job),
            Spec = job.Child("spec", spec => new JobSpec
            {
                Suspend = spec.Flag("suspend"),
                Completions = spec.Number("completions"),
                BackoffLimit = spec.Number("backoffLimit"),
                ActiveDeadlineSeconds = spec.Long("activeDeadlineSeconds"),
                TtlSecondsAfterFinished = spec.Number("ttlSecondsAfterFinished"),
                MatchLabels = spec.Child("selector", selector => selector.Map("matchLabels")),
                Template = spec.Child("template", template => new PodTemplate { Spec = template.Child("spec", ReadPodSpec) }),
            }),
            Status = job.Child("status", status => new JobStatus
            {
                Active = status.Number("active"),
                Ready = status.Number("ready"),
                Succeeded = status.Number("succeeded"),
                Failed = status.Number("failed"),
                UncountedSucceeded = Uncounted(status, "succeeded"),
                UncountedFailed = Uncounted(status, "failed"),
                Terminating = status.Number("terminating"),
                FailedIndexes = status.Text("failedIndexes"),
                StartTime = status.Text("startTime"),
                CompletionTime = status.Text("completionTime"),
                Conditions = status.List("conditions", ReadCondition),
            }),
        });

    private static int Uncounted(JsonElement status, string which) =>
        status.Child("uncountedTerminatedPods", pods => pods.Texts(which))?.Count ?? 0;

    /// <summary>Reads a Pod.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static PodState Pod(ReadOnlySpan<byte> json) => Read(json, pod => new PodState
        {
            Metadata = ReadMetadata(pod),
            Spec = pod.Child("spec", ReadPodSpec),
            Status = pod.Child("status", status => new PodStatus
            {
                Phase = status.Text("phase"),
                Reason = status.Text("reason"),
                Message = status.Text("message"),
                Conditions = status.List("conditions", ReadCondition),
                InitContainerStatuses = status.List("initContainerStatuses", ReadContainerStatus),
                ContainerStatuses = status.List("containerStatuses", ReadContainerStatus),
            }),
        });

    /// <summary>Reads a Service.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static ServiceState Service(ReadOnlySpan<byte> json) =>
        Read(json, service => new ServiceState
        {
            Metadata = ReadMetadata(service),
            ToleratesUnready = service.Child("metadata", metadata => metadata.Child("annotations", annotations =>
                annotations.Text("service.alpha.kubernetes.io/tolerate-unready-endpoints"))),
            Spec = service.Child("spec", spec => new ServiceSpec
            {
                Type = spec.Text("type"),
                PublishNotReadyAddresses = spec.Flag("publishNotReadyAddresses"),
                ExternalName = spec.Text("externalName"),
                Selector = spec.Map("selector"),
            }),
        });

    /// <summary>Reads an EndpointSlice.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static EndpointSliceState EndpointSlice(ReadOnlySpan<byte> json) =>
        Read(json, slice => new EndpointSliceState
        {
            Metadata = ReadMetadata(slice),
            Endpoints = slice.List("endpoints", endpoint => new Endpoint
            {
                Addresses = endpoint.Texts("addresses"),
                Conditions = endpoint.Child("conditions", conditions => new EndpointConditions
                {
                    Ready = conditions.Flag("ready"),
                    Serving = conditions.Flag("serving"),
                    Terminating = conditions.Flag("terminating"),
                }),
                TargetRef = endpoint.Child("targetRef", ReadReference),
            }),
        });

    /// <summary>Reads an Event.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static EventState Event(ReadOnlySpan<byte> json) => Read(json, item => new EventState
        {
            Metadata = ReadMetadata(item),
            InvolvedObject = item.Child("involvedObject", ReadReference),
            Type = item.Text("type"),
            Reason = item.Text("reason"),
            Message = item.Text("message"),
            Count = item.Number("count"),
            LastTimestamp = item.Text("lastTimestamp"),
            EventTime = item.Text("eventTime"),
            Series = item.Child("series", series => new EventSeries
            {
                Count = series.Number("count"),
                LastObservedTime = series.Text("lastObservedTime"),
            }),
        });

    /// <summary>Reads a ConfigMap with completion records: the keys are what counts.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static RecordState Record(ReadOnlySpan<byte> json) =>
        Read(json, map => new RecordState { Metadata = ReadMetadata(map), Data = map.Map("data") });

    /// <summary>Reads what all objects have; for those of which only the metadata counts.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static ObjectState AnyKind(ReadOnlySpan<byte> json) => Read(json, item => new ObjectState { Metadata = ReadMetadata(item) });

    /// <summary>Reads an object of any kind. Of the metadata a wrong type is refused, as in all kinds; spec and status may hold anything,
    /// and what is of another type than expected counts as not there.</summary>
    /// <exception cref="JsonException">It is no JSON object, or has no name.</exception>
    public static ObjectState WholeObject(ReadOnlySpan<byte> json) =>
        Read(json, item =>
        {
            var kept = ObjectFields.WithoutManagedFields(item);
            return new ObjectState
            {
                Metadata = ReadMetadata(kept),
                Generation = ObjectFields.Generation(kept, long.MaxValue, "metadata", "generation"),
                ObservedGeneration = ObjectFields.Generation(kept, long.MinValue, "status", "observedGeneration"),
                Conditions = ObjectFields.Conditions(kept),
                Json = kept,
            };
        });

    /// <summary>Reads a v1 Endpoints object as a slice of the Service that has its name: <c>addresses</c> are ready,
    /// <c>notReadyAddresses</c> are not.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static EndpointSliceState Endpoints(ReadOnlySpan<byte> json) => Read(json, endpoints =>
        {
            var metadata = ReadMetadata(endpoints);
            var labels = new Dictionary<string, string?>(StringComparer.Ordinal) { [EndpointSliceState.ServiceNameLabel] = metadata?.Name };
            var subsets = endpoints.List("subsets", subset =>
                ReadAddresses(subset, "addresses", ready: true).Concat(ReadAddresses(subset, "notReadyAddresses", ready: false)).ToList()
            );
            return new EndpointSliceState
            {
                Metadata = new Metadata
                {
                    Name = metadata?.Name,
                    Namespace = metadata?.Namespace,
                    Labels = labels,
                },
                Endpoints = [.. (subsets ?? []).SelectMany(subset => subset ?? [])],
            };
        });

    private static IEnumerable<Endpoint> ReadAddresses(JsonElement subset, string field, bool ready) =>
        (subset.List(field, address => new Endpoint
            {
                Addresses = [address.Text("ip")],
                Conditions = new EndpointConditions { Ready = ready },
                TargetRef = address.Child("targetRef", ReadReference),
            }) ?? []).OfType<Endpoint>();

    private static Metadata? ReadMetadata(JsonElement parent) => parent.Child("metadata", metadata => new Metadata
        {
            Name = metadata.Text("name"),
            Namespace = metadata.Text("namespace"),
            Uid = metadata.Text("uid"),
            DeletionTimestamp = metadata.Text("deletionTimestamp"),
            CreationTimestamp = metadata.Text("creationTimestamp"),
            Finalizers = metadata.Texts("finalizers"),
            HelmHook = metadata.Child("annotations", annotations => annotations.Text("helm.sh/hook")),
            HelmRelease = metadata.Child("annotations", annotations => annotations.Text("meta.helm.sh/release-name")),
            MigrateProgress = metadata.Child("annotations", annotations => annotations.Text("migrate.wait-for.dev/progress")),
            Labels = metadata.Map("labels"),
            OwnerReferences = metadata.List("ownerReferences", owner => new OwnerReference
            {
                Kind = owner.Text("kind"),
                Name = owner.Text("name"),
                Controller = owner.Flag("controller"),
            }),
        });

    private static Condition ReadCondition(JsonElement condition) =>
        new()
        {
            Type = condition.Text("type"),
            Status = condition.Text("status"),
            Reason = condition.Text("reason"),
            Message = condition.Text("message"),
            LastTransitionTime = condition.Text("lastTransitionTime"),
        };

    private static PodSpec ReadPodSpec(JsonElement spec) =>
        new()
        {
            NodeName = spec.Text("nodeName"),
            Containers = spec.List("containers", ReadContainer),
            InitContainers = spec.List("initContainers", ReadContainer),
        };

    private static ContainerSpec ReadContainer(JsonElement container) =>
        new()
        {
            Name = container.Text("name"),
            Image = container.Text("image"),
            RestartPolicy = container.Text("restartPolicy"),
            TerminationMessagePolicy = container.Text("terminationMessagePolicy"),
        };

    private static ContainerStatus ReadContainerStatus(JsonElement status) =>
        new()
        {
            Name = status.Text("name"),
            Ready = status.Flag("ready"),
            RestartCount = status.Number("restartCount"),
            State = status.Child("state", ReadContainerState),
            LastState = status.Child("lastState", ReadContainerState),
        };

    private static ContainerState ReadContainerState(JsonElement state) =>
        new()
        {
            Waiting = state.Child("waiting", waiting => new ContainerWaiting
            {
                Reason = waiting.Text("reason"),
                Message = waiting.Text("message"),
            }),
            Running = state.Child("running", running => new ContainerRunning { StartedAt = running.Text("startedAt") }),
            Terminated = state.Child("terminated", terminated => new ContainerTerminated
            {
                ExitCode = terminated.Number("exitCode"),
                Signal = terminated.Number("signal"),
                Reason = terminated.Text("reason"),
                Message = terminated.Text("message"),
                FinishedAt = terminated.Text("finishedAt"),
            }),
        };

    private static ObjectReference ReadReference(JsonElement reference) =>
        new()
        {
            Kind = reference.Text("kind"),
            Namespace = reference.Text("namespace"),
            Name = reference.Text("name"),
        };

    private static T Read<T>(ReadOnlySpan<byte> json, Func<JsonElement, T> read)
        where T : IObjectState
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deep.MaxDepth });
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException($"an object is expected, not {document.RootElement.ValueKind}");
            var state = read(document.RootElement);
            if (reader.Read())
                throw new JsonException("something follows the object");
            return state.Metadata is { Name.Length: > 0 } ? state : throw new JsonException("the object has no metadata.name");
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text that is not UTF-8.
            throw new JsonException(exception.Message, exception);
        }
    }
}
