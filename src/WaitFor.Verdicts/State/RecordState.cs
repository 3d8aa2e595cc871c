namespace WaitFor.Verdicts.State;

/// <summary>The fields of a ConfigMap with completion records that verdicts read.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/config-map-v1/"/></summary>
public sealed class RecordState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>One key per completed Job, its name; null counts as none. The values are for people.</summary>
    public IReadOnlyDictionary<string, string?>? Data { get; init; }

    /// <inheritdoc />
    public IEnumerable<string> Images => [];
}
