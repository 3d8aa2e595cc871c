using System.Text.Json;
using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>The pod that this gate runs in.</summary>
internal sealed class OwnPod(ApiServer api, string @namespace, string name)
{
    /// <summary>Whether Helm made it. Helm annotates what is in the chart (a Deployment; its ReplicaSets inherit that), not the pods; a
    /// label on the pod is each chart's own affair.
    /// <see href="https://helm.sh/docs/chart_best_practices/labels/"/></summary>
    /// <param name="cancel">Ends the look: nobody knows, then.</param>
    /// <returns>Null where the pod, or what made it, cannot be read.</returns>
    public async Task<bool?> IsMadeByHelmAsync(CancellationToken cancel)
    {
        if (await ReadAsync("", "pods", "Pod", name, cancel) is not { } pod)
            return null;
        if (IsHelms(pod))
            return true;
        var owner = (pod.OwnerReferences ?? []).FirstOrDefault(one => one is { Controller: true });
        if (owner is not { Kind: { } kind, Name: { } ownerName })
            return false;
        var (group, resource) = kind switch
        {
            "ReplicaSet" => ("apps", "replicasets"),
            "StatefulSet" => ("apps", "statefulsets"),
            "DaemonSet" => ("apps", "daemonsets"),
            "Job" => ("batch", "jobs"),
            _ => ("", ""),
        };
        return resource.Length > 0 && await ReadAsync(group, resource, kind, ownerName, cancel) is { } made ? IsHelms(made) : null;
    }

    private static bool IsHelms(Metadata item) =>
        item.HelmRelease is not null
        || item.Labels?.GetValueOrDefault("app.kubernetes.io/managed-by") == "Helm"
        || item.Labels?.ContainsKey("helm.sh/chart") == true
        // Charts of Helm 2 and older templates.
        || item.Labels?.GetValueOrDefault("heritage") is "Helm" or "Tiller";

    private async Task<Metadata?> ReadAsync(string group, string resource, string kind, string itsName, CancellationToken cancel)
    {
        var item = new Collection
        {
            Group = group,
            Version = "v1",
            Resource = resource,
            Kind = kind,
            Namespace = @namespace,
            Name = itsName,
        };
        try
        {
            var (page, _) = await api.ListAsync(item, continueToken: null, cancel);
            return page is { Items: [var raw, ..] } ? StateReader.AnyKind(raw.Span).Metadata : null;
        }
        catch (Exception exception) when (exception is JsonException or OperationCanceledException)
        {
            // It is only a hint: what cannot be read in time is not known.
            return null;
        }
    }
}
