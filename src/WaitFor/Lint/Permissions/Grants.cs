using WaitFor.Lint.Reading;
using WaitFor.Manifests;
using WaitFor.Process;
using WaitFor.Report;

namespace WaitFor.Lint.Permissions;

/// <summary>A Role or ClusterRole that a binding gives to an account.</summary>
/// <param name="Binding">The binding.</param>
/// <param name="Everywhere">True for a ClusterRoleBinding.</param>
/// <param name="Role">Its kind and name, such as <c>ClusterRole view</c>.</param>
/// <param name="Policies">What it allows; null where the role is not in the manifests.</param>
/// <param name="Entry">The role; null where it is not in the manifests.</param>
internal sealed record Grant(ManifestEntry Binding, bool Everywhere, string Role, IReadOnlyList<Policy>? Policies, ManifestEntry? Entry)
{
    /// <summary>Whether it allows a right.</summary>
    public bool Allows(Right right) => Policies?.Any(policy => policy.Allows(right)) == true && IsWhere(right);

    /// <summary>Whether it counts where the right is needed. What a manifest leaves open is taken for the same.</summary>
    public bool IsWhere(Right right) =>
        Everywhere
        || (
            right.Namespace is { } needed
            && (needed == Grants.OpenNamespace || Binding.Namespace is null || Binding.Namespace == needed)
        );
}

/// <summary>Which rights the manifests give to whom.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/"/></summary>
internal sealed class Grants
{
    /// <summary>Stands for the namespace of manifests that do not say it; no namespace is called so.</summary>
    public const string OpenNamespace = "NAMESPACE";

    private const string Group = "rbac.authorization.k8s.io/";
    private const string UserPrefix = "system:serviceaccount:";
    private const string GroupOfAll = "system:serviceaccounts";

    private readonly IReadOnlyList<ManifestEntry> _bindings;
    private readonly ILookup<string, ManifestEntry> _roles;
    private readonly ILookup<string, ManifestEntry> _clusterRoles;
    private readonly Dictionary<Account, IReadOnlyList<Grant>> _known = [];

    /// <summary>Reads the manifests.</summary>
    public Grants(Pattern pattern)
    {
        List<ManifestEntry> objects = [.. pattern.Objects.Where(entry => entry.ApiVersion.StartsWith(Group, StringComparison.Ordinal))];
        _bindings = [.. objects.Where(entry => entry.Kind is "RoleBinding" or "ClusterRoleBinding")];
        _roles = objects.Where(entry => entry.Kind == "Role").ToLookup(entry => entry.Name, StringComparer.Ordinal);
        _clusterRoles = objects.Where(entry => entry.Kind == "ClusterRole").ToLookup(entry => entry.Name, StringComparer.Ordinal);
        Any = _bindings.Count > 0 || _roles.Count > 0 || _clusterRoles.Count > 0;
    }

    /// <summary>True where there is a role or a binding at all.</summary>
    public bool Any { get; }

    /// <summary>What the bindings give to an account.</summary>
    public IReadOnlyList<Grant> Of(Account account)
    {
        if (!_known.TryGetValue(account, out var grants))
            _known[account] = grants = [.. _bindings.Where(binding => Names(binding, account)).Select(Read)];
        return grants;
    }

    /// <summary>The bindings that name an account of the same name in another namespace, with that namespace; null where a
    /// ClusterRoleBinding names none, which the API server refuses.</summary>
    public IEnumerable<(ManifestEntry Binding, ManifestNode Subject, string? Namespace)> NearMisses(Account account) =>
        from binding in _bindings
        from subject in binding.Node["subjects"]?.Items ?? []
        where subject["kind"]?.Text == "ServiceAccount" && subject["name"]?.Text == account.Name && !IsAccount(binding, subject, account)
        select (binding, subject, NotEmpty(subject["namespace"]) ?? binding.Namespace);

    /// <summary>What is wrong with a binding that names a missing role, where the manifests show it; null where that may be
    /// elsewhere.</summary>
    public string? Slip(Grant grant)
    {
        if (grant.Policies is not null)
            return null;
        var name = grant.Role[(grant.Role.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        var names = $"{grant.Binding.Kind} {grant.Binding.Name} names {grant.Role}";
        var roles = grant.Role.StartsWith("Cluster", StringComparison.Ordinal) ? _clusterRoles : _roles;
        if (roles[name].FirstOrDefault() is { } away)
            return $"{names}, which is in namespace {away.Namespace}: a binding names a Role of its own namespace; write it there too";
        return Similar.Nearest(name, roles.Select(role => role.Key)) is { } near
            ? $"{names}, which is not in these manifests; write {near} if that is meant"
            : null;
    }

    private static bool Names(ManifestEntry binding, Account account) =>
        (binding.Node["subjects"]?.Items ?? []).Any(subject =>
            (subject["kind"]?.Text, subject["name"]?.Text) switch
            {
                ("ServiceAccount", { } name) => name == account.Name && IsAccount(binding, subject, account),
                ("User", { } name) => name.StartsWith(UserPrefix, StringComparison.Ordinal)
                    && name[UserPrefix.Length..].Split(':') is [var home, var own]
                    && own == account.Name
                    && (account.Namespace is null || home == account.Namespace),
                ("Group", GroupOfAll or "system:authenticated") => true,
                ("Group", { } name) => name.StartsWith(GroupOfAll + ":", StringComparison.Ordinal)
                    && (account.Namespace is null || name[(GroupOfAll.Length + 1)..] == account.Namespace),
                _ => false,
            }
        );

    /// <summary>Whether a subject of the account's name is in its namespace. In a RoleBinding the binding's own one is meant where none is
    /// given; a ClusterRoleBinding has to give one.</summary>
    private static bool IsAccount(ManifestEntry binding, ManifestNode subject, Account account)
    {
        var given = NotEmpty(subject["namespace"]);
        if (given is null && binding.Kind == "ClusterRoleBinding")
            return false;
        var home = given ?? binding.Namespace;
        return home is null || account.Namespace is null || home == account.Namespace;
    }

    private static string? NotEmpty(ManifestNode? node) => node?.Text is { Length: > 0 } text ? text : null;

    private Grant Read(ManifestEntry binding)
    {
        var everywhere = binding.Kind == "ClusterRoleBinding";
        var reference = binding.Node["roleRef"];
        var (kind, name) = (reference?["kind"]?.Text ?? "", reference?["name"]?.Text ?? "");
        var entry =
            kind == "ClusterRole" ? _clusterRoles[name].FirstOrDefault()
            : everywhere ? null
            : _roles[name]
                .FirstOrDefault(role => role.Namespace is null || binding.Namespace is null || role.Namespace == binding.Namespace);
        var policies = entry is not null ? PoliciesOf(entry)
            : kind == "ClusterRole" && KnownClusterRoles.Find(name) is { } known ? [.. known, .. Added(name)]
            : null;
        return new Grant(binding, everywhere, $"{kind} {name}", policies, entry);
    }

    /// <summary>The rules of a role, and those that its aggregation brings together.</summary>
    private List<Policy> PoliciesOf(ManifestEntry role)
    {
        var policies = Policy.Of(role.Node).ToList();
        foreach (var selector in role.Node["aggregationRule"]?["clusterRoleSelectors"]?.Items ?? [])
        {
            foreach (var other in _clusterRoles.SelectMany(roles => roles).Where(other => other != role && Selects(selector, other)))
                policies.AddRange(Policy.Of(other.Node));
        }

        return policies;
    }

    private IEnumerable<Policy> Added(string name)
    {
        var labels = KnownClusterRoles.Aggregated(name).ToList();
        return _clusterRoles
            .SelectMany(roles => roles)
            .Where(role => labels.Exists(label => role.Node["metadata"]?["labels"]?[label]?.Text == "true"))
            .SelectMany(role => Policy.Of(role.Node));
    }

    /// <summary>A selector as it stands in objects, with labels and expressions.</summary>
    private static bool Selects(ManifestNode selector, ManifestEntry role)
    {
        var requirements = (selector["matchLabels"]?.Fields ?? []).Select(label => $"{label.Key}={label.Value.Text}");
        var expressions = (selector["matchExpressions"]?.Items ?? []).Select(expression =>
        {
            var key = expression["key"]?.Text;
            var values = string.Join(',', (expression["values"]?.Items ?? []).Select(value => value.Text));
            return expression["operator"]?.Text switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "DoesNotExist" => $"!{key}",
                _ => key ?? "",
            };
        });
        return LabelSelector.Parse(string.Join(',', requirements.Concat(expressions))).Matches(Workloads.Labels(role.Node["metadata"]));
    }
}
