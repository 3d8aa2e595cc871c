using System.Text;
using WaitFor.Manifests;

namespace WaitFor.Lint.Reading;

/// <summary>The environment of a container, as far as its manifests say it.</summary>
internal sealed class Variables
{
    /// <summary>Stands for what is known in the cluster only; a part of a name can look like it.</summary>
    public const string Unknown = "x-unknown-x";

    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

    /// <summary>Reads <c>env</c> and <c>envFrom</c>.</summary>
    /// <param name="container">The container.</param>
    /// <param name="configMap">The <c>data</c> of a ConfigMap of the manifests, in the container's namespace; null where there is none of
    /// that name.</param>
    public Variables(ManifestNode container, Func<string, ManifestNode?> configMap)
    {
        foreach (var source in container["envFrom"]?.Items ?? [])
        {
            var prefix = source["prefix"]?.Text ?? "";
            if (source["configMapRef"]?["name"]?.Text is { } name && configMap(name)?.Fields is { } fields)
                foreach (var (key, value) in fields)
                    _values[prefix + key] = value.Text;
            else
                Open = true;
        }

        foreach (var variable in container["env"]?.Items ?? [])
        {
            if (variable["name"]?.Text is not { } name)
                continue;
            var from = variable["valueFrom"];
            _values[name] = from switch
            {
                null => Expand(variable["value"]?.Text ?? ""),
                _ when from["configMapKeyRef"] is { } key && key["name"]?.Text is { } map && key["key"]?.Text is { } field =>
                    configMap(map)?[field]?.Text,
                _ => null,
            };
        }
    }

    /// <summary>True where more variables come from a place that is not in the manifests.</summary>
    public bool Open { get; }

    /// <summary>The names that are known.</summary>
    public IReadOnlyList<string> Names => [.. _values.Keys];

    /// <summary>The value; null where the variable is not set; <see cref="Unknown"/> where its value is not known here.</summary>
    public string? Value(string name) => _values.TryGetValue(name, out var value) ? value ?? Unknown : null;

    /// <summary>The value for a shell; null where it is not known.</summary>
    public string? InShell(string name) => _values.GetValueOrDefault(name);

    /// <summary>Replaces <c>$(NAME)</c> as the kubelet does: what is not set stays as it is, and <c>$$</c> is a dollar sign.
    /// <see href="https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/"/></summary>
    public string Expand(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
            return text;
        var expanded = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at]);
                continue;
            }

            if (text[at + 1] == '$')
            {
                expanded.Append('$');
                at++;
                continue;
            }

            var end = text[at + 1] == '(' ? text.IndexOf(')', at) : -1;
            if (end < 0)
            {
                expanded.Append('$');
                continue;
            }

            var name = text[(at + 2)..end];
            expanded.Append(Value(name) ?? (Open && IsName(name) ? Unknown : text[at..(end + 1)]));
            at = end;
        }

        return expanded.ToString();
    }

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-' or '.');
}
