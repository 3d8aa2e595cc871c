using System.Text.Json;

namespace WaitFor.Verdicts.State;

/// <summary>How a workload tells which pods are its own, and which of them are the newest.</summary>
public static class WorkloadFields
{
    /// <summary>The selector of its pods, as the API server takes it; null where there is none that can be read.
    /// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"/></summary>
    public static string? PodSelector(this ObjectState state)
    {
        if (state.At("spec", "selector") is not { ValueKind: JsonValueKind.Object } selector)
            return null;
        // A ReplicationController has the labels themselves.
        var plain = selector.Field("matchLabels") is null && selector.Field("matchExpressions") is null;
        List<string?> terms = [.. Labels(plain ? selector : selector.Field("matchLabels"))];
        if (selector.Field("matchExpressions") is { ValueKind: JsonValueKind.Array } expressions)
            terms.AddRange(expressions.EnumerateArray().Select(Term));
        return terms.Count > 0 && !terms.Contains(null) ? string.Join(',', terms) : null;
    }

    /// <summary>The ReplicaSet that a Deployment's condition Progressing names, the newest one; null where it names none, or is of an older
    /// spec.</summary>
    public static string? NewestReplicaSet(this ObjectState state)
    {
        if (state.Outdated || state.Condition("Progressing")?.Message is not { } message)
            return null;
        var start = message.IndexOf('"', StringComparison.Ordinal) + 1;
        var end = start > 0 ? message.IndexOf('"', start) : -1;
        return end > start ? message[start..end] : null;
    }

    /// <summary>The newest revision of a StatefulSet; null where it does not say it, or of an older spec.</summary>
    public static string? UpdateRevision(this ObjectState state) => state.Outdated ? null : state.Text("status", "updateRevision");

    private static IEnumerable<string?> Labels(JsonElement? labels) =>
        labels is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject().Select(label => label.Value.TextOrNull() is { } value ? $"{label.Name}={value}" : null)
            : [];

    private static string? Term(JsonElement expression)
    {
        var key = expression.Field("key")?.TextOrNull();
        var values = expression.Field("values") is { ValueKind: JsonValueKind.Array } list
            ? string.Join(',', list.EnumerateArray().Select(value => value.TextOrNull()))
            : "";
        return key is null ? null : expression.Field("operator")?.TextOrNull() switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key,
                "DoesNotExist" => $"!{key}",
                _ => null,
            };
    }
}
