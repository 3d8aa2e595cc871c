using WaitFor.Kubernetes.Discovery;
using WaitFor.Manifests;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>What manifests name, as targets.</summary>
internal static class ManifestTargets
{
    /// <summary>One target for each object, by its default meaning.</summary>
    public static IReadOnlyList<Target> Of(ManifestSet manifests)
    {
        // Objects of one kind share what the server says of it.
        var kinds = manifests.Entries.Select(entry => (entry.ApiVersion, entry.Kind)).Distinct().ToDictionary(one => one, KindOf);
        return [.. manifests.Entries.Select(entry => Of(entry, kinds[(entry.ApiVersion, entry.Kind)]))];
    }

    private static Kind KindOf((string ApiVersion, string Kind) entry)
    {
        var word = ResourceWord.OfManifest(entry.ApiVersion, entry.Kind);
        var same = KnownKinds.All.Where(known => known.Name == entry.Kind && known.Group == word.Group);
        return same.FirstOrDefault(known => known.Version == word.Version)
            ?? new GenericKind(word.Group is { Length: > 0 } group ? $"{entry.Kind.ToLowerInvariant()}.{group}" : entry.Kind, word);
    }

    private static Target Of(ManifestEntry entry, Kind kind) =>
        new(new Expectation { Kind = kind.InRules, Named = true }, entry.Name, Selector: null)
        {
            Kind = kind,
            AskedNamespace = kind.Namespaced ? entry.Namespace : null,
        };
}
