using WaitFor.Manifests;
using WaitFor.Report;

namespace WaitFor.Lint.Permissions;

/// <summary>A container that acts as its pod's service account.</summary>
/// <param name="Owner">The workload.</param>
/// <param name="Container">The container.</param>
/// <param name="Place">Where its arguments stand.</param>
/// <param name="Purpose">What its Role may be called behind the workload's name.</param>
internal sealed record User(Workload Owner, LintContainer Container, ManifestNode Place, string Purpose)
{
    /// <summary>Its service account.</summary>
    public Account Account { get; } = Account.Of(Owner);

    /// <summary>What it needs, as the beginning of a sentence.</summary>
    public string Needs(IReadOnlyList<Need> needs) =>
        $"container {Container.Name}: service account {Account} has to {string.Join(", to ", needs.Select(need => need.Text("and")))}";

    /// <summary>What it may not do.</summary>
    public string Lacks(IEnumerable<string> texts) =>
        $"container {Container.Name}: service account {Account} cannot {string.Join(", nor ", texts)}";

    /// <summary>A Role with its binding.</summary>
    public string Yaml(IReadOnlyList<Need> needs) =>
        Open(
            RoleText.Of(
                RightsOf(needs),
                new Subject(Account.Namespace ?? Grants.OpenNamespace, Account.Name),
                (_, _) => $"{(Owner.Entry.Name.Length == 0 ? "wait-for" : Owner.Entry.Name.TrimEnd('-'))}-{Purpose}"
            )
        );

    /// <summary>The rules alone.</summary>
    public static string Rules(IReadOnlyList<Need> needs) => Rules(RightsOf(needs));

    /// <summary>The rules alone.</summary>
    public static string Rules(List<Right> rights)
    {
        var role = RoleText.Of(rights, subject: null, (_, _) => "x");
        return role[role.IndexOf("\nrules:", StringComparison.Ordinal)..].TrimStart('\n');
    }

    private static List<Right> RightsOf(IReadOnlyList<Need> needs) => [.. needs.SelectMany(need => need.Ways[0].Rights).Distinct()];

    /// <summary>Where the manifests do not say the namespace, the Role does not either; a subject has to.</summary>
    private static string Open(string yaml) =>
        yaml.Replace($", namespace: {Grants.OpenNamespace}}}\nrules", "}\nrules", StringComparison.Ordinal)
            .Replace($", namespace: {Grants.OpenNamespace}}}\nsubjects", "}\nsubjects", StringComparison.Ordinal);
}
