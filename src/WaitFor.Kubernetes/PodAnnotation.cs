using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>The annotation by which a running <c>migrate</c> tells a gate how far it is: on its own pod, where
/// whoever lists the pods of the Job sees it.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/"/></summary>
/// <param name="api">The API server.</param>
/// <param name="namespace">The namespace of the pod.</param>
/// <param name="pod">The pod.</param>
public sealed class PodAnnotation(ApiServer api, string @namespace, string pod)
{
    /// <summary>Its name.</summary>
    public const string Name = "migrate.wait-for.dev/progress";

    /// <summary>The longest text that is shown, in UTF-16 units: it is one part of one line.</summary>
    public const int Longest = 120;

    private readonly Collection _item = new()
    {
        Group = "",
        Version = "v1",
        Resource = "pods",
        Kind = "Pod",
        Namespace = @namespace,
        Name = pod,
    };

    /// <summary>Writes it; once, without another try.</summary>
    /// <param name="text">The text; null takes the annotation away.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why it could not be written; null when it was.</returns>
    public async Task<ApiFault?> WriteAsync(string? text, CancellationToken cancel)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteStartObject("annotations");
            json.WriteString(Name, text is null ? null : Clean(text));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var (_, fault) = await api.PatchAsync(_item, buffer.ToArray(), cancel);
        return fault;
    }

    /// <summary>What to do about one that could not be written; empty where nothing is known to help.</summary>
    public string NextStep(ApiFault fault) =>
        fault.Kind switch
        {
            FaultKind.Forbidden => $"; allow the verb patch on pods in namespace {@namespace}",
            FaultKind.NotServed => $"; set POD_NAME to the pod's name (from the downward API: metadata.name), and --namespace: there is no "
                + $"pod {@namespace}/{ApiFault.OneLine(pod)}",
            _ => "",
        };

    /// <summary>A text as it is shown: on one line, without control characters, and not too long.</summary>
    public static string Clean(string text)
    {
        var line = ApiFault.OneLine(text);
        return line.Length <= Longest ? line : line[..(char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest)] + "...";
    }
}
