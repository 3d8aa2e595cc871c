using System.Text;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>The smallest Roles for a wait, as YAML that can be applied.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/"/></summary>
internal static class RoleText
{
    /// <summary>A Role for each namespace (a ClusterRole where the targets span all), with all that is needed there, and its binding: one
    /// stream of YAML documents.</summary>
    /// <param name="targets">All targets, with their namespaces.</param>
    /// <param name="subject">Whom to bind them to; null: no bindings.</param>
    /// <param name="endpoints">True where the server has no EndpointSlice v1.</param>
    /// <param name="report">True: with what a full report reads.</param>
    public static string Of(IReadOnlyList<Target> targets, Subject? subject, bool endpoints, bool report = false)
    {
        var rights = targets.SelectMany(target => Rights.OfWait(target, endpoints)).ToList();
        if (report)
            rights.AddRange(targets.SelectMany(target => Rights.OfReport(target, subject?.Namespace)));
        return Of(
            rights,
            subject,
            (place, own) => NameOf([.. targets.Where(target => target.Namespace == place)], targets, own, report)
        );
    }

    /// <summary>The same for any rights.</summary>
    /// <param name="rights">The rights.</param>
    /// <param name="subject">Whom to bind them to; null: no bindings.</param>
    /// <param name="nameOf">Gives a Role its name, by its namespace (null for all) and its rights.</param>
    public static string Of(IReadOnlyList<Right> rights, Subject? subject, Func<string?, List<Right>, string> nameOf)
    {
        var documents = new List<string>();
        foreach (var group in rights.GroupBy(right => right.Namespace, StringComparer.Ordinal))
        {
            List<Right> own = [.. group];
            var name = nameOf(group.Key, own);
            documents.Add(Role(group.Key, name, own));
            if (subject is not null)
                documents.Add(Binding(group.Key, name, subject));
        }

        return string.Join("\n---\n", documents);
    }

    /// <summary>Roles for other rights must not overwrite each other, and those for the same rights shall: one target gives its name to the
    /// Role, several give it a fingerprint of the rights.</summary>
    private static string NameOf(IReadOnlyList<Target> here, IReadOnlyList<Target> all, List<Right> rights, bool report)
    {
        var first = here.Count > 0 ? here[0] : all[0];
        var name = first.Name is null ? $"wait-for-{Collections.Of(first).Resource}" : $"wait-for-{first.Kind.Word}-{first.Name}";
        // Where no target is, the Role is only a part of the report's: the target of that name there would have more.
        if (all.Count > 1 || here.Count == 0 || first.Record is not null)
        {
            var fingerprint = System.Security.Cryptography.SHA256.HashData(
                Encoding.UTF8.GetBytes(string.Join('\n', rights.Select(right => right.ToString()).Order(StringComparer.Ordinal)))
            );
            name += "-" + Convert.ToHexStringLower(fingerprint)[..6];
        }

        return report ? name + "-report" : name;
    }

    /// <summary>The target as it is written on a command line, with its namespace, quoted where a shell would take it apart.</summary>
    public static string Argument(Target target)
    {
        var text = (target.Namespace is { } name ? name + "/" : "") + (target with { ShowNamespace = false });
        return text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '.' or '-' or '_' or '/' or ':' or '=') ? text : $"'{text}'";
    }

    /// <summary>The command that prints the Roles for a full report, for the service account that lacks them. All that the wait itself
    /// needs is in it too.</summary>
    /// <param name="targets">All targets, with their namespaces.</param>
    /// <param name="subject">Whom to bind the Roles to; null where it is not known.</param>
    public static string Command(IReadOnlyList<Target> targets, Subject? subject)
    {
        var record = targets.Select(target => target.Record).FirstOrDefault(name => name is not null);
        // What -n says already is left out of the targets.
        var words = targets.Select(target => Argument(target.Namespace == subject?.Namespace ? target with { Namespace = null } : target));
        return $"wait-for rbac {string.Join(' ', words)}"
            + $"{(targets.Any(target => target.Namespace is null && target.Kind.Namespaced) ? " -A" : "")}"
            + $"{(record is null ? "" : $" --record {record}")}{(targets.Any(target => target.RecordWrite) ? " --record-write" : "")}"
            + $"{(targets.Any(target => target.FailFast) ? " --fail-fast" : "")}"
            + $"{(subject is null ? "" : $" -n {subject.Namespace} --service-account {subject.Name}")} --report";
    }

    private static string Role(string? @namespace, string name, List<Right> rights)
    {
        var yaml = new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine($"kind: {(@namespace is null ? "ClusterRole" : "Role")}")
            .AppendLine($"metadata: {Metadata(@namespace, name)}")
            .Append("rules:");
        foreach (var resource in rights.GroupBy(right => $"{right.Group}/{right.Resource}", StringComparer.Ordinal))
        {
            var one = resource.First();
            var forAll = resource.Where(right => right.Name is null).Select(right => right.Verb).Distinct(StringComparer.Ordinal).ToList();
            Rule(yaml, one, names: null, forAll);
            // What is allowed for all objects needs no saying for one.
            var named = resource.Where(right => right.Name is not null && !forAll.Contains(right.Verb)).ToList();
            Rule(
                yaml,
                one,
                [.. named.Select(right => right.Name!).Distinct(StringComparer.Ordinal)],
                [.. named.Select(right => right.Verb).Distinct(StringComparer.Ordinal)]
            );
        }

        return yaml.ToString();
    }

    private static void Rule(StringBuilder yaml, Right one, List<string>? names, List<string> verbs)
    {
        if (verbs.Count == 0)
            return;
        yaml.AppendLine().AppendLine($"- apiGroups: [\"{one.Group}\"]").AppendLine($"  resources: [{one.Resource}]");
        if (names is not null)
            yaml.AppendLine($"  resourceNames: [{string.Join(", ", names.Select(Scalar))}]");
        yaml.Append($"  verbs: [{string.Join(", ", verbs)}]");
    }

    private static string Binding(string? @namespace, string role, Subject subject)
    {
        var scope = @namespace is null ? "Cluster" : "";
        // Two service accounts may wait for the same: each has its own binding.
        var name = subject.Namespace == @namespace ? $"{role}-{subject.Name}" : $"{role}-{subject.Namespace}-{subject.Name}";
        return new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine($"kind: {scope}RoleBinding")
            .AppendLine($"metadata: {Metadata(@namespace, name)}")
            .AppendLine("subjects:")
            .AppendLine($"- {{kind: ServiceAccount, name: {Scalar(subject.Name)}, namespace: {Scalar(subject.Namespace)}}}")
            .Append($"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {scope}Role, name: {Scalar(role)}}}")
            .ToString();
    }

    private static string Metadata(string? @namespace, string name) =>
        @namespace is null ? $"{{name: {Scalar(name)}}}" : $"{{name: {Scalar(name)}, namespace: {Scalar(@namespace)}}}";

    /// <summary>A name as YAML takes it for a text: quoted where it could be a number, a date or a truth value.</summary>
    private static string Scalar(string name) =>
        char.IsAsciiLetter(name[0]) && name is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n")
            ? name
            : $"\"{name}\"";
}
