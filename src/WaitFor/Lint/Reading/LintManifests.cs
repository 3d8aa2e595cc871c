using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Manifests;

namespace WaitFor.Lint.Reading;

/// <summary>The objects of manifests with all that a linter has to see: Helm hooks too, objects with a <c>generateName</c>, and one that
/// stands twice.</summary>
/// <param name="standardInput">Opens the standard input.</param>
internal sealed class LintManifests(Func<Stream> standardInput)
{
    private const string Render = "helm template RELEASE CHART | wait-for lint -f -";

    private const long MostValues = 20_000_000;

    private readonly List<ManifestEntry> _entries = [];
    private readonly List<string> _leftOut = [];
    private long _values;

    /// <summary>Reads all.</summary>
    /// <param name="paths">Files, folders, and <c>-</c> for the standard input.</param>
    /// <param name="recursive">True: folders below folders too.</param>
    /// <exception cref="UsageException">Something cannot be read, is no YAML, or has no object at all.</exception>
    public ManifestSet Read(IReadOnlyList<string> paths, bool recursive)
    {
        foreach (var (file, bytes) in new ManifestFiles(standardInput, "wait-for lint -f -").Read(paths, recursive))
        {
            if (Path.GetFileName(file) == "Chart.yaml" && Directory.Exists(Path.Combine(Path.GetDirectoryName(file) ?? ".", "templates")))
                throw new UsageException($"-f {file}: a Helm chart, which is a template; render it first: {Render}");
            foreach (var document in new ManifestParser(file, bytes, strict: true).Documents().Where(document => !document.IsNull))
            {
                // Every rule walks over them; aliases are shared, and are counted where they stand.
                if ((_values += document.Size) > MostValues)
                    throw At(file, document, $"more than {MostValues} values; lint fewer files at a time");
                Add(file, document, null, null);
            }
        }

        return _entries.Count > 0
            ? new ManifestSet(_entries, _leftOut)
            : throw new UsageException(
                $"-f {string.Join(" -f ", paths)}: no Kubernetes object in it, so nothing was checked"
                    + (_leftOut is [var first, ..] ? $" ({first})" : "")
            );
    }

    private void Add(string file, ManifestNode node, string? listKind, string? listVersion)
    {
        var version = Rendered(file, node["apiVersion"]) ?? listVersion;
        var kind = Rendered(file, node["kind"]) ?? listKind;
        if (node.Fields is null || version is null || kind is null)
        {
            Leave("a document", "it is not an object with apiVersion and kind");
            return;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && node["items"] is { Items: var items } list)
        {
            // The items of a DeploymentList need not say that they are Deployments.
            var (itemKind, itemVersion) = kind == "List" ? (null, null) : (kind[..^4], version);
            foreach (var item in items ?? (list.IsNull ? [] : throw At(file, list, "items is not a list")))
                Add(file, item, itemKind, itemVersion);
            return;
        }

        var metadata = node["metadata"];
        var name = Rendered(file, metadata?["name"]) ?? Rendered(file, metadata?["generateName"]);
        if (version.StartsWith("kustomize.config.k8s.io/", StringComparison.Ordinal))
            Leave($"{kind}", "kustomize reads it; lint what it builds: kustomize build FOLDER | wait-for lint -f -");
        else
            _entries.Add(
                new ManifestEntry(version, kind, Rendered(file, metadata?["namespace"]), name ?? "", file, node.Line) { Node = node }
            );

        void Leave(string what, string why) => _leftOut.Add(ApiFault.OneLine($"{file}:{node.Line}: {what} left out: {why}"));
    }

    /// <summary>The text of a field; refuses what a template language has not filled in yet.</summary>
    private static string? Rendered(string file, ManifestNode? node) =>
        node?.Text is not { Length: > 0 } text ? null
        : !text.Contains("{{", StringComparison.Ordinal) ? text
        : throw At(file, node, $"an unrendered template ({{{{ }}}}); render it first: {Render}");

    private static UsageException At(string file, ManifestNode node, string message) =>
        new(ApiFault.OneLine($"{file}:{node.Line}:{node.Column}: {message}"));
}
