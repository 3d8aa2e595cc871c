using System.Text.Json;

namespace WaitFor.Kubernetes.Discovery;

/// <summary>A version of a group, as served.</summary>
/// <param name="Group">The group; empty for the core group.</param>
/// <param name="Version">The version.</param>
/// <param name="Stale">True where the server behind it does not answer: its resources are old, or not known.</param>
/// <param name="Resources">Its resources; null where they stand in another document.</param>
internal sealed record ServedVersion(string Group, string Version, bool Stale, IReadOnlyList<ApiResource>? Resources)
{
    public string Name => Group.Length == 0 ? Version : $"{Group}/{Version}";
}

/// <summary>A discovery document: an aggregated one, a list of versions (<c>/api</c>) or of groups (<c>/apis</c>), or the resources of one
/// version.
/// <see href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api"/></summary>
/// <param name="Versions">Versions in the server's order, the preferred one of a group first.</param>
internal sealed record DiscoveryDocument(IReadOnlyList<ServedVersion> Versions)
{
    /// <summary>Reads one of the four; what has no name is left out.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="MalformedException">It is JSON, but none of them.</exception>
    public static DiscoveryDocument Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            var root = document.RootElement;
            var kind = Text(root, "kind");
            return kind switch
            {
                "APIGroupDiscoveryList" => new([.. Items(root, "items").SelectMany(Aggregated)]),
                "APIVersions" => new([.. Texts(root, "versions").Select(version => new ServedVersion("", version, false, null))]),
                "APIGroupList" => new([.. Items(root, "groups").SelectMany(Group)]),
                "APIResourceList" => new([ResourceList(root)]),
                _ => throw new MalformedException($"expected a discovery document, got {(kind is null ? "no kind" : $"a {kind}")}"),
            };
        }
        catch (InvalidOperationException exception)
        {
            // Text that is no Unicode.
            throw new MalformedException(exception.Message);
        }
    }

    private static IEnumerable<ServedVersion> Aggregated(JsonElement item)
    {
        var group = item.TryGetProperty("metadata", out var metadata) ? Text(metadata, "name") ?? "" : "";
        foreach (var version in Items(item, "versions"))
        {
            if (Text(version, "version") is not { Length: > 0 } name)
                continue;
            var resources = Items(version, "resources").Select(resource =>
                Resource(
                    resource,
                    group,
                    name,
                    plural: "resource",
                    kind: resource.TryGetProperty("responseKind", out var kind) ? Text(kind, "kind") : null,
                    singular: "singularResource",
                    namespaced: Text(resource, "scope") == "Namespaced"
                )
            );
            yield return new ServedVersion(group, name, Text(version, "freshness") == "Stale", [.. resources.OfType<ApiResource>()]);
        }
    }

    private static IEnumerable<ServedVersion> Group(JsonElement group)
    {
        if (Text(group, "name") is not { Length: > 0 } name)
            return [];
        var preferred = group.TryGetProperty("preferredVersion", out var version) ? Text(version, "version") : null;
        return Items(group, "versions")
            .Select(item => Text(item, "version"))
            .OfType<string>()
            .OrderBy(item => item != preferred)
            .Select(item => new ServedVersion(name, item, false, null));
    }

    private static ServedVersion ResourceList(JsonElement root)
    {
        var groupVersion = Text(root, "groupVersion") ?? throw new MalformedException("an APIResourceList without groupVersion");
        var slash = groupVersion.LastIndexOf('/');
        var (group, version) = (slash < 0 ? "" : groupVersion[..slash], groupVersion[(slash + 1)..]);
        var resources = Items(root, "resources").Select(resource =>
            Resource(
                resource,
                group,
                version,
                plural: "name",
                kind: Text(resource, "kind"),
                singular: "singularName",
                namespaced: resource.TryGetProperty("namespaced", out var flag) && flag.ValueKind == JsonValueKind.True
            )
        );
        return new ServedVersion(group, version, false, [.. resources.OfType<ApiResource>()]);
    }

    private static ApiResource? Resource(
        JsonElement item,
        string group,
        string version,
        string plural,
        string? kind,
        string singular,
        bool namespaced
    )
    {
        // A slash stands in the name of a subresource.
        if (Text(item, plural) is not { Length: > 0 } name || name.Contains('/', StringComparison.Ordinal) || kind is not { Length: > 0 })
            return null;
        var verbs = Texts(item, "verbs").ToList();
        return new ApiResource(group, version, name, kind, namespaced)
        {
            Singular = Text(item, singular) ?? "",
            ShortNames = [.. Texts(item, "shortNames")],
            Watchable = verbs.Contains("list", StringComparer.Ordinal) && verbs.Contains("watch", StringComparer.Ordinal),
        };
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        All(parent, name).Where(item => item.ValueKind == JsonValueKind.Object);

    private static IEnumerable<string> Texts(JsonElement parent, string name) =>
        All(parent, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!);

    private static JsonElement.ArrayEnumerator All(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;
}
