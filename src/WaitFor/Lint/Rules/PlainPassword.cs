using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>Secrets in plain text, where everybody reads them who reads manifests. The message never repeats one.</summary>
internal sealed class PlainPassword()
    : PatternRule(
        "plain-password",
        Level.Error,
        "A password, a token or a URL with a password is written in plain text",
        "Put it into a Secret, and take it from there with secretKeyRef or envFrom"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        // Other workloads of the same manifests are not the pattern's matter.
        var owners = pattern
            .Jobs.Select(job => job.Owner)
            .Concat(pattern.Gates.Select(gate => gate.Owner))
            .Concat(PatternIndex.Of(pattern).Migrating.Value.Select(found => found.Owner))
            .DistinctBy(owner => owner.Entry)
            .ToList();
        var read = owners
            .SelectMany(owner =>
                Reference
                    .Of(owner, optionalToo: true)
                    .Where(reference => reference.Kind == "ConfigMap")
                    .Select(reference => (reference.Name, owner.Entry.Namespace))
            )
            .ToLookup(item => item.Name, item => item.Namespace, StringComparer.Ordinal);
        return
        [
            .. owners.SelectMany(owner => owner.Containers.SelectMany(container => In(owner, container))),
            .. pattern
                .Objects.Where(entry =>
                    entry.Kind == "ConfigMap" && read[entry.Name].Any(place => Look.MayShareNamespace(place, entry.Namespace))
                )
                .SelectMany(In),
        ];
    }

    private IEnumerable<Finding> In(Workload owner, LintContainer container)
    {
        foreach (var item in container.Node["env"].List())
        {
            if (item["name"]?.Text is { } name && item["value"] is { Text: { } value } place && PlainText.InValue(name, value) is { } what)
                yield return Found(
                    owner.Entry,
                    place,
                    $"container {container.Name} has {what} as a plain value of {name}",
                    $"put it into a Secret, and write:\n- name: {name}\n  valueFrom: {{secretKeyRef: {{name: shop-db, key: {name}}}}}"
                );
        }

        ManifestNode[] words = [.. container.Node["command"].List(), .. container.Node["args"].List()];
        for (var index = 0; index < words.Length; index++)
        {
            var text = words[index].Text ?? "";
            var next = index + 1 < words.Length ? words[index + 1] : null;
            if (PlainText.InText(text) is { } what)
                yield return Found(owner.Entry, words[index], $"container {container.Name} has {what} in its arguments", Remedy);
            else if (next?.Text is { } value && PlainText.InWords(text, value) is { } option)
                yield return Found(owner.Entry, next, $"container {container.Name} has {option} in its arguments", Remedy);
        }
    }

    private const string Remedy =
        "put it into a Secret, set it as an environment variable with secretKeyRef (PGPASSWORD, FLYWAY_PASSWORD, DATABASE_URL), and "
        + "leave it out here";

    private IEnumerable<Finding> In(ManifestEntry map)
    {
        foreach (var (key, value) in map.Node["data"]?.Fields ?? [])
        {
            if (value.Text is { } text && PlainText.InFile(key, text) is { } what)
                yield return Found(
                    map,
                    value,
                    $"key {key} has {what}: a ConfigMap is not secret",
                    "move it into a Secret, and read that with secretRef beside the configMapRef"
                );
        }
    }
}
