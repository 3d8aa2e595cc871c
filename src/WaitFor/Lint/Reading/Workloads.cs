using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Manifests;

namespace WaitFor.Lint.Reading;

/// <summary>Finds the pods that objects make.</summary>
internal static class Workloads
{
    /// <summary>The kinds that make pods, with the way to the template.</summary>
    private static readonly Dictionary<string, string[]> Templates = new(StringComparer.Ordinal)
    {
        ["Pod"] = [],
        ["Deployment"] = ["spec", "template"],
        ["StatefulSet"] = ["spec", "template"],
        ["DaemonSet"] = ["spec", "template"],
        ["ReplicaSet"] = ["spec", "template"],
        ["ReplicationController"] = ["spec", "template"],
        ["Job"] = ["spec", "template"],
        ["CronJob"] = ["spec", "jobTemplate", "spec", "template"],
        ["Rollout"] = ["spec", "template"],
    };

    private static readonly string[] Groups = ["", "apps", "batch", "extensions", "argoproj.io"];

    /// <summary>The workload that an object is; null where it makes no pods.</summary>
    /// <exception cref="UsageException">A template's action stands where it would be read.</exception>
    public static Workload? Of(ManifestEntry entry)
    {
        var slash = entry.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : entry.ApiVersion[..slash];
        if (!Templates.TryGetValue(entry.Kind, out var way) || !Groups.Contains(group, StringComparer.Ordinal))
            return null;
        var template = way.Aggregate((ManifestNode?)entry.Node, (node, field) => node?[field]);
        if (template?["spec"] is not { Fields: not null } spec)
            return null;
        return new Workload(
            entry,
            spec,
            template["metadata"],
            [
                .. (spec["initContainers"]?.Items ?? []).Select(node => Container(entry.File, node, init: true)),
                .. (spec["containers"]?.Items ?? []).Select(node => Container(entry.File, node, init: false)),
            ]
        );
    }

    /// <summary>A pod's labels.</summary>
    public static IReadOnlyDictionary<string, string> Labels(ManifestNode? metadata) =>
        (metadata?["labels"]?.Fields ?? [])
            .GroupBy(field => field.Key, StringComparer.Ordinal)
            .ToDictionary(field => field.Key, field => field.Last().Value.Text ?? "", StringComparer.Ordinal);

    private static LintContainer Container(string file, ManifestNode node, bool init) =>
        new(node, Rendered(file, node["name"]), Rendered(file, node["image"]), init, Words(node["command"]), Words(node["args"]));

    private static List<string> Words(ManifestNode? list) => [.. (list?.Items ?? []).Select(item => item.Text ?? "")];

    /// <summary>Other template languages than Helm's have their braces here too, and here none belong, with quotes or without.</summary>
    private static string Rendered(string file, ManifestNode? node) =>
        node?.Text is not { } text ? ""
        : !text.Contains("{{", StringComparison.Ordinal) ? text
        : throw new UsageException(
            ApiFault.OneLine($"{file}:{node.Line}:{node.Column}: an unrendered template ({{{{ }}}}); render it first")
        );
}
