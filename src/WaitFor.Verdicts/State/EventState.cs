namespace WaitFor.Verdicts.State;

/// <summary>The fields of an Event that the report shows. No verdict reads events: they are lost after an hour, and come late.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/"/></summary>
public sealed class EventState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>The object that it is about.</summary>
    public ObjectReference? InvolvedObject { get; init; }

    /// <summary>Normal or Warning.</summary>
    public string? Type { get; init; }

    /// <summary>Reason in one word, such as FailedCreate.</summary>
    public string? Reason { get; init; }

    /// <summary>Message for people.</summary>
    public string? Message { get; init; }

    /// <summary>How often it happened, as older recorders count.</summary>
    public int? Count { get; init; }

    /// <summary>RFC 3339; when it happened last, as older recorders say.</summary>
    public string? LastTimestamp { get; init; }

    /// <summary>RFC 3339; when it happened first, as newer recorders say.</summary>
    public string? EventTime { get; init; }

    /// <summary>Set by newer recorders when it happened again.</summary>
    public EventSeries? Series { get; init; }

    /// <inheritdoc />
    public IEnumerable<string> Images => [];

    /// <summary>How often it happened; 1 or more.</summary>
    public int Times => Math.Max(1, Series?.Count ?? Count ?? 1);

    /// <summary>RFC 3339; when it happened last, whichever recorder wrote it.</summary>
    public string? LastSeen => Series?.LastObservedTime ?? LastTimestamp ?? EventTime ?? Metadata?.CreationTimestamp;
}

/// <summary>The repetitions of an event.</summary>
public sealed class EventSeries
{
    /// <summary>How often it happened.</summary>
    public int? Count { get; init; }

    /// <summary>RFC 3339; when it happened last.</summary>
    public string? LastObservedTime { get; init; }
}
