using WaitFor.CommandLine;
using WaitFor.Kubernetes;

namespace WaitFor.Manifests;

/// <summary>An object of a manifest, by what identifies it.</summary>
/// <param name="ApiVersion">Such as <c>apps/v1</c>.</param>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Namespace">As it stands there; null for none.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">The file; <c>-</c> for the standard input.</param>
/// <param name="Line">Where the object begins in the file, from 1.</param>
internal sealed record ManifestEntry(string ApiVersion, string Kind, string? Namespace, string Name, string File, int Line)
{
    /// <summary>The whole object, with the place of each value.</summary>
    public required ManifestNode Node { get; init; }
}

/// <summary>What files of manifests hold.</summary>
/// <param name="Entries">The objects in their order; each once.</param>
/// <param name="LeftOut">A line for each object that is no target, with place and reason.</param>
internal sealed record ManifestSet(IReadOnlyList<ManifestEntry> Entries, IReadOnlyList<string> LeftOut);

/// <summary>Reads manifests as <c>kubectl apply -f</c> does: files, folders, the standard input; YAML, JSON, lists of objects. It contacts
/// nothing.</summary>
/// <param name="standardInput">Opens the standard input.</param>
internal sealed class ManifestReader(Func<Stream> standardInput)
{
    /// <summary>How many objects one command waits for.</summary>
    public const int MostObjects = 500;

    private readonly List<ManifestEntry> _entries = [];
    private readonly List<string> _leftOut = [];
    private readonly HashSet<(string, string, string?, string)> _known = [];
    private int _items;

    /// <summary>Reads all.</summary>
    /// <param name="paths">Files, folders, and <c>-</c> for the standard input.</param>
    /// <param name="recursive">True: folders below folders too.</param>
    /// <exception cref="UsageException">Something cannot be read or is no manifest; one line, with file, line and column.</exception>
    public ManifestSet Read(IReadOnlyList<string> paths, bool recursive)
    {
        foreach (var (file, bytes) in new ManifestFiles(standardInput, "wait-for -f -").Read(paths, recursive))
        {
            foreach (var document in new ManifestParser(file, bytes).Documents().Where(document => !document.IsNull))
                Add(file, document, null, null);
        }

        return _entries.Count > 0
            ? new ManifestSet(_entries, _leftOut)
            : throw new UsageException(
                $"-f {string.Join(" -f ", paths)}: no object to wait for" + (_leftOut is [var first, ..] ? $" ({first})" : "")
            );
    }

    private void Add(string file, ManifestNode node, string? listKind, string? listVersion)
    {
        // Aliases may name one list many times.
        if (++_items > 20 * MostObjects)
            throw At(file, node, "too many objects");
        if (node.Fields is null)
            throw At(file, node, "not an object with apiVersion and kind");
        var version = Rendered(file, node["apiVersion"]) ?? listVersion ?? throw At(file, node, "apiVersion is missing");
        var kind = Rendered(file, node["kind"]) ?? listKind ?? throw At(file, node, "kind is missing");
        if (kind.EndsWith("List", StringComparison.Ordinal) && node["items"] is { Items: var items } list)
        {
            // The items of a DeploymentList need not say that they are Deployments.
            var (itemKind, itemVersion) = kind == "List" ? (null, null) : (kind[..^4], version);
            foreach (var item in items ?? (list.IsNull ? [] : throw At(file, list, "items is not a list")))
                Add(file, item, itemKind, itemVersion);
            return;
        }

        var metadata = node["metadata"];
        var name = Rendered(file, metadata?["name"]);
        if (name is null && Rendered(file, metadata?["generateName"]) is { } prefix)
            Leave($"{kind}/{prefix}...", "its name is made by the server (generateName)");
        else if (name is null)
            throw At(file, metadata ?? node, $"{kind} has no metadata.name");
        else if (metadata?["annotations"]?["helm.sh/hook"]?.Text is { } hook)
            Leave($"{kind}/{name}", $"a Helm hook ({hook})");
        else if (version.StartsWith("kustomize.config.k8s.io/", StringComparison.Ordinal))
            Leave($"{kind}/{name}", "it is read by kustomize; wait for its output instead (kustomize build | wait-for -f -)");
        else if (name is "." or ".." || name.Length > 253 || name.Any(one => one is '/' or '%' || char.IsControl(one) || one == ' '))
            throw At(file, metadata!["name"]!, $"\"{name}\" is not a valid object name");
        else
            Take(new ManifestEntry(version, kind, Rendered(file, metadata!["namespace"]), name, file, node.Line) { Node = node });

        void Leave(string what, string why) => _leftOut.Add(ApiFault.OneLine($"{file}:{node.Line}: {what} left out: {why}"));
    }

    private void Take(ManifestEntry entry)
    {
        if (!_known.Add((entry.ApiVersion, entry.Kind, entry.Namespace, entry.Name)))
        {
            var what = $"{entry.File}:{entry.Line}: {entry.Kind}/{entry.Name}";
            _leftOut.Add(ApiFault.OneLine($"{what} left out: it appears twice in the manifests"));
            return;
        }

        if (_entries.Count == MostObjects)
            throw At(entry.File, entry.Node, $"more than {MostObjects} objects; wait for them in several commands");
        _entries.Add(entry);
    }

    /// <summary>The text of a field; refuses what a template language has not filled in yet.</summary>
    private static string? Rendered(string file, ManifestNode? node) =>
        node?.Text is not { Length: > 0 } text ? null
        : text.Contains("{{", StringComparison.Ordinal) ? throw At(file, node, "an unrendered template ({{ }}); render it first")
        : text;

    private static UsageException At(string file, ManifestNode node, string message) =>
        new(ApiFault.OneLine($"{file}:{node.Line}:{node.Column}: {message}"));
}
