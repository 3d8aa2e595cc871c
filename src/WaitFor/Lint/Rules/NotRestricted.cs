using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>What the Pod Security Standard "restricted" refuses.
/// <see href="https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"/></summary>
internal sealed class NotRestricted()
    : PatternRule(
        "not-restricted",
        Level.Warning,
        "A namespace with the Pod Security Standard restricted refuses the pod",
        "Set runAsNonRoot, seccompProfile, allowPrivilegeEscalation: false and drop all capabilities"
    )
{
    private static readonly string[] Profiles = ["RuntimeDefault", "Localhost"];

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        var containers = pattern
            .Jobs.SelectMany(job => job.Owner.Containers.Select(container => (job.Owner, Container: container)))
            .Concat(pattern.Gates.Select(gate => (gate.Owner, gate.Container)))
            .DistinctBy(item => item.Container.Node);
        foreach (var (owner, container) in containers)
        {
            if (owner.PodSpec["os"]?["name"]?.Text == "windows")
                continue;
            var missing = Missing(owner.PodSpec["securityContext"], container.Node["securityContext"]).ToList();
            if (missing.Count > 0)
                yield return Found(
                    owner.Entry,
                    container.Node["securityContext"] is { Fields: not null } place ? place : container.Node,
                    $"container {container.Name} is not restricted: {string.Join(", ", missing.Select(item => item.What))}",
                    "write:\nsecurityContext:\n" + string.Join('\n', missing.Select(item => item.Line).Distinct(StringComparer.Ordinal))
                );
        }

        foreach (var owner in pattern.Jobs.Select(job => job.Owner).DistinctBy(owner => owner.Entry))
        {
            if (HostField(owner.PodSpec) is var (place, name))
                yield return Found(owner.Entry, place, $"the pod shares the node's {name}, which no migration needs", $"remove {name}");
        }
    }

    /// <summary>A container's own setting comes first, then the pod's; two of them exist for containers alone.</summary>
    private static IEnumerable<(string What, string Line)> Missing(ManifestNode? pod, ManifestNode? container)
    {
        var nonRoot = container?["runAsNonRoot"] ?? pod?["runAsNonRoot"];
        var user = container?["runAsUser"] ?? pod?["runAsUser"];
        var profile = container?["seccompProfile"]?["type"] ?? pod?["seccompProfile"]?["type"];
        if (!nonRoot.IsTrue())
            yield return ("runAsNonRoot is not true", "  runAsNonRoot: true");
        if (user.Number() == 0)
            yield return ("runAsUser is 0", "  runAsUser: 65532");
        if (!Profiles.Contains(profile?.Text, StringComparer.Ordinal))
            yield return ("no seccompProfile", "  seccompProfile: {type: RuntimeDefault}");
        if (container?["privileged"].IsTrue() == true)
            yield return ("privileged is true", "  privileged: false");
        if (container?["allowPrivilegeEscalation"]?.Text is not ("false" or "False" or "FALSE"))
            yield return ("allowPrivilegeEscalation is not false", "  allowPrivilegeEscalation: false");
        if (!(container?["capabilities"]?["drop"]).List().Any(item => item.Text is "ALL" or "all"))
            yield return ("capabilities are not dropped", "  capabilities: {drop: [ALL]}");
        if ((container?["capabilities"]?["add"]).List().Any(item => item.Text is not "NET_BIND_SERVICE"))
            yield return ("capabilities are added", "  capabilities: {drop: [ALL]}");
    }

    private static (ManifestNode Place, string Name)? HostField(ManifestNode spec)
    {
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC" })
        {
            if (spec[name] is { } field && field.IsTrue())
                return (field, name);
        }

        return spec["volumes"].List().Select(volume => volume["hostPath"]).FirstOrDefault(path => path is not null) is { } host
            ? (host, "hostPath")
            : null;
    }
}
