using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>An object that a pod cannot start without.</summary>
/// <param name="Kind">ServiceAccount, ConfigMap or Secret.</param>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it is named.</param>
internal sealed record Reference(string Kind, string Name, ManifestNode Place)
{
    /// <summary>What a workload's pods name.</summary>
    /// <param name="owner">The workload.</param>
    /// <param name="optionalToo">True: also what they start without.</param>
    public static IEnumerable<Reference> Of(Workload owner, bool optionalToo = false)
    {
        if ((owner.PodSpec["serviceAccountName"] ?? owner.PodSpec["serviceAccount"]) is { Text: { Length: > 0 } account } place)
            yield return new Reference("ServiceAccount", account, place);
        foreach (var reference in owner.Containers.SelectMany(container => Of(container.Node, optionalToo)))
            yield return reference;
        foreach (var volume in owner.PodSpec["volumes"].List())
        {
            foreach (var source in volume["projected"]?["sources"].List().Prepend(volume) ?? [volume])
            {
                if (Named("ConfigMap", source["configMap"], "name", optionalToo) is { } map)
                    yield return map;
                // A projected volume calls it name.
                var field = ReferenceEquals(source, volume) ? "secretName" : "name";
                if (Named("Secret", source["secret"], field, optionalToo) is { } secret)
                    yield return secret;
            }
        }

        foreach (var item in owner.PodSpec["imagePullSecrets"].List())
        {
            if (Named("Secret", item, "name", optionalToo) is { } secret)
                yield return secret;
        }
    }

    private static IEnumerable<Reference> Of(ManifestNode container, bool optionalToo)
    {
        foreach (var item in container["envFrom"].List())
        {
            if (Named("ConfigMap", item["configMapRef"], "name", optionalToo) is { } map)
                yield return map;
            if (Named("Secret", item["secretRef"], "name", optionalToo) is { } secret)
                yield return secret;
        }

        foreach (var source in container["env"].List().Select(item => item["valueFrom"]))
        {
            if (Named("ConfigMap", source?["configMapKeyRef"], "name", optionalToo) is { } map)
                yield return map;
            if (Named("Secret", source?["secretKeyRef"], "name", optionalToo) is { } secret)
                yield return secret;
        }
    }

    /// <summary>The objects of the manifests that it may mean.</summary>
    public IEnumerable<ManifestEntry> In(Pattern pattern, string? @namespace) =>
        PatternIndex.Of(pattern).Objects(Kind, Name, @namespace);

    private static Reference? Named(string kind, ManifestNode? source, string field, bool optionalToo) =>
        source?[field] is { Text: { Length: > 0 } name } place && (optionalToo || !source["optional"].IsTrue())
            ? new Reference(kind, name, place)
            : null;
}
