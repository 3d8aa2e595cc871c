using WaitFor.Kubernetes.Discovery;
using WaitFor.Manifests;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>What manifests name, as targets.</summary>
internal static class ManifestTargets
{
    /// <summary>One target for each object, by its default meaning.</summary>
    public static IReadOnlyList<Target> Of(ManifestSet manifests) => [.. manifests.Entries.Select(Of)];

    private static Target Of(ManifestEntry entry)
    {
        var word = ResourceWord.OfManifest(entry.ApiVersion, entry.Kind);
        var kind =
            KnownKinds.All.FirstOrDefault(known => known.Name == entry.Kind && known.Group == word.Group && known.Version == word.Version)
            ?? new GenericKind(word.Group is { Length: > 0 } group ? $"{entry.Kind.ToLowerInvariant()}.{group}" : entry.Kind, word);
        return new Target(new Expectation { Kind = kind.InRules, Named = true }, entry.Name, Selector: null)
        {
            Kind = kind,
            AskedNamespace = kind.Namespaced ? entry.Namespace : null,
        };
    }
}
