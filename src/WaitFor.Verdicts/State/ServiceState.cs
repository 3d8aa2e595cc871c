namespace WaitFor.Verdicts.State;

/// <summary>The fields of a Service that verdicts read.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/"/></summary>
public sealed class ServiceState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>What was asked of the Service.</summary>
    public ServiceSpec? Spec { get; init; }

    /// <summary>The annotation <c>service.alpha.kubernetes.io/tolerate-unready-endpoints</c>, which came before
    /// <see cref="ServiceSpec.PublishNotReadyAddresses"/> and which the controller of v1 Endpoints still follows.</summary>
    public string? ToleratesUnready { get; init; }

    /// <summary>True where v1 Endpoints may list pods that are not ready among the ready ones; in doubt they do.</summary>
    public bool PublishesUnready =>
        Spec is { Selector.Count: > 0 }
        && (Spec.PublishNotReadyAddresses == true || ToleratesUnready is not (null or "0" or "f" or "F" or "false" or "False" or "FALSE"));

    /// <inheritdoc />
    public IEnumerable<string> Images => [];
}

/// <summary>Fields of a Service's spec.</summary>
public sealed class ServiceSpec
{
    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string? Type { get; init; }

    /// <summary>Labels of the pods behind it; null where the endpoints are made by hand. </summary>
    public IReadOnlyDictionary<string, string?>? Selector { get; init; }

    /// <summary>True where addresses are published before their pods are ready: v1 Endpoints list them as ready then.</summary>
    public bool? PublishNotReadyAddresses { get; init; }

    /// <summary>The name that an ExternalName stands for.</summary>
    public string? ExternalName { get; init; }
}

/// <summary>A group of endpoints of one service: an EndpointSlice, or an Endpoints object read as one.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/"/></summary>
public sealed class EndpointSliceState : IObjectState
{
    /// <summary>The label that ties a slice to its Service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>The endpoints; null counts as none.</summary>
    public IReadOnlyList<Endpoint?>? Endpoints { get; init; }

    /// <inheritdoc />
    public IEnumerable<string> Images => [];

    /// <summary>Name of the Service that the slice belongs to; null where the label is missing.</summary>
    public string? ServiceName => Metadata?.Labels?.GetValueOrDefault(ServiceNameLabel);
}

/// <summary>One endpoint of a slice.</summary>
public sealed class Endpoint
{
    /// <summary>Addresses of the endpoint; consumers use the first.</summary>
    public IReadOnlyList<string?>? Addresses { get; init; }

    /// <summary>Whether it is ready.</summary>
    public EndpointConditions? Conditions { get; init; }

    /// <summary>Where it stands: the one rule that verdicts and reports share. An endpoint without an address is not ready.</summary>
    public EndpointStanding Standing =>
        Conditions switch
        {
            { Terminating: true } => EndpointStanding.Terminating,
            { Ready: false } or { Serving: false } => EndpointStanding.Unready,
            _ => Addresses is null or [] ? EndpointStanding.Unready : EndpointStanding.Ready,
        };

    /// <summary>The pod behind it.</summary>
    public ObjectReference? TargetRef { get; init; }
}

/// <summary>Where an endpoint stands; in every doubt it is not ready.</summary>
public enum EndpointStanding
{
    /// <summary>It takes no requests yet, or takes them although its pod is not ready.</summary>
    Unready = 0,

    /// <summary>It takes requests.</summary>
    Ready,

    /// <summary>It is going away.</summary>
    Terminating,
}

/// <summary>Conditions of an endpoint.</summary>
public sealed class EndpointConditions
{
    /// <summary>Null means unknown, which the API says to read as ready.</summary>
    public bool? Ready { get; init; }

    /// <summary>What the pod itself says: false for a pod that is not ready where <c>publishNotReadyAddresses</c> makes
    /// <see cref="Ready"/> true. Null means unknown, which the API says to read as <see cref="Ready"/>.
    /// <see href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#serving"/></summary>
    public bool? Serving { get; init; }

    /// <summary>True while the endpoint goes away.</summary>
    public bool? Terminating { get; init; }
}

/// <summary>A reference to an object.</summary>
public sealed class ObjectReference
{
    /// <summary>Kind, such as Pod.</summary>
    public string? Kind { get; init; }

    /// <summary>Namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }
}
