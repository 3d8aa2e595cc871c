using System.Text;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A variable of a container, and where its value comes from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its value; null where only the cluster knows it.</param>
/// <param name="Source">The ConfigMap or Secret, such as <c>Secret shop-db</c>; null for a plain value.</param>
/// <param name="Key">The key in it.</param>
/// <param name="Place">Where it is written.</param>
internal sealed record Variable(string Name, string? Text, string? Source, string? Key, ManifestNode Place);

/// <summary>The environment of a container with its sources.</summary>
internal sealed class ContainerVariables
{
    private readonly Dictionary<string, Variable> _variables = new(StringComparer.Ordinal);
    private readonly List<(string Source, ManifestNode Place)> _unknown = [];

    /// <summary>Reads a container's environment: <c>envFrom</c> in its order, then <c>env</c>.</summary>
    /// <param name="pattern">The manifests.</param>
    /// <param name="owner">Where the container stands.</param>
    /// <param name="container">The container.</param>
    public ContainerVariables(Pattern pattern, Workload owner, LintContainer container)
    {
        foreach (var item in container.Node["envFrom"].List())
        {
            var prefix = item["prefix"]?.Text ?? "";
            if (item["configMapRef"]?["name"] is { Text: { } map } mapPlace)
                TakeAll(pattern, owner, new Reference("ConfigMap", map, mapPlace), prefix);
            if (item["secretRef"]?["name"] is { Text: { } secret } secretPlace)
                TakeAll(pattern, owner, new Reference("Secret", secret, secretPlace), prefix);
        }

        foreach (var item in container.Node["env"].List())
        {
            if (item["name"]?.Text is not { } name)
                continue;
            if (item["valueFrom"] is not { } from)
                Set(name, item["value"]?.Text ?? "", null, null, item["value"] ?? item);
            else if (from["configMapKeyRef"] is { } map)
                TakeKey(pattern, owner, "ConfigMap", map, name);
            else if (from["secretKeyRef"] is { } secret)
                TakeKey(pattern, owner, "Secret", secret, name);
            else
                _variables.Remove(name);
        }
    }

    /// <summary>All variables that are known by name.</summary>
    public IReadOnlyCollection<Variable> All => _variables.Values;

    /// <summary>What is taken as a whole, and is not in the manifests.</summary>
    public IReadOnlyList<(string Source, ManifestNode Place)> UnknownSources => _unknown;

    /// <summary>The variable of that name; null where it is not known to be set.</summary>
    public Variable? this[string name] => _variables.GetValueOrDefault(name);

    private void TakeAll(Pattern pattern, Workload owner, Reference reference, string prefix)
    {
        var source = $"{reference.Kind} {reference.Name}";
        if (reference.In(pattern, owner.Entry.Namespace).FirstOrDefault() is not { } entry)
        {
            _unknown.Add((source, reference.Place));
            return;
        }

        foreach (var (key, text) in Data(entry))
            Set(prefix + key, text, source, key, reference.Place);
    }

    private void TakeKey(Pattern pattern, Workload owner, string kind, ManifestNode reference, string name)
    {
        if (reference["name"]?.Text is not { } source || reference["key"]?.Text is not { } key)
            return;
        var entry = new Reference(kind, source, reference).In(pattern, owner.Entry.Namespace).FirstOrDefault();
        var text = entry is null ? null : Data(entry).Where(item => item.Key == key).Select(item => item.Value).LastOrDefault();
        _variables[name] = new Variable(name, text, $"{kind} {source}", key, reference["key"]!);
    }

    private void Set(string name, string? text, string? source, string? key, ManifestNode place) =>
        _variables[name] = new Variable(name, text is null ? null : Expand(text), source, key, place);

    /// <summary>Fills in <c>$(NAME)</c> from what stands before it, where that is known.</summary>
    private string Expand(string text)
    {
        foreach (var variable in _variables.Values)
        {
            if (text.Contains("$(", StringComparison.Ordinal) && variable.Text is { } value)
                text = text.Replace($"$({variable.Name})", value, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The keys of a ConfigMap or Secret.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Data(ManifestEntry entry)
    {
        foreach (var (key, node) in entry.Node["data"]?.Fields ?? [])
            yield return new(key, entry.Kind == "Secret" ? Decoded(node.Text) : node.Text);
        foreach (var (key, node) in entry.Node["stringData"]?.Fields ?? [])
            yield return new(key, node.Text);
    }

    private static string? Decoded(string? text)
    {
        var bytes = new byte[text?.Length ?? 0];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var count)
            ? Encoding.UTF8.GetString(bytes, 0, count)
            : null;
    }
}
