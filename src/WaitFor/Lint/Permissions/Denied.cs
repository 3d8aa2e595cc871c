namespace WaitFor.Lint.Permissions;

/// <summary>The message where nothing allows what is needed: the nearest cause, else the Role to add.</summary>
internal static class Denied
{
    /// <summary>What to do.</summary>
    /// <param name="user">The account that needs it.</param>
    /// <param name="needs">What is needed and not allowed.</param>
    /// <param name="grants">What the manifests allow.</param>
    /// <param name="accounts">The service accounts of the manifests.</param>
    public static string Fix(User user, IReadOnlyList<Need> needs, Grants grants, IReadOnlyList<Account> accounts)
    {
        var account = user.Account;
        var own = grants.Of(account);
        var away = own.FirstOrDefault(grant => needs.All(need => need.Ways.Any(way => way.Rights.All(right => Holds(grant, right)))));
        if (away is not null)
            return $"{away.Binding.Kind} {away.Binding.Name} counts in its own namespace {away.Binding.Namespace} only; write one in "
                + $"namespace {needs[0].Ways[0].Rights[0].Namespace ?? "all (a ClusterRoleBinding)"} too";
        foreach (var (binding, subject, other) in grants.NearMisses(account))
            return $"{binding.Kind} {binding.Name} ({binding.File}:{subject.Line}) names the account {account.Name} "
                + (other is null ? "without a namespace, which the API server refuses" : $"of namespace {other}")
                + $"; write namespace: {account.Namespace ?? Grants.OpenNamespace}";
        if (
            account.Name == "default"
            && accounts.FirstOrDefault(other =>
                (other.Namespace is null || account.Namespace is null || other.Namespace == account.Namespace)
                && needs.All(need => need.Ways.Any(way => way.IsAllowed(grants.Of(other))))
            ) is
            { } better
        )
            return $"write serviceAccountName: {better.Name} into the pod's spec: that account can do it";
        return own.Select(grants.Slip).FirstOrDefault(slip => slip is not null) ?? "add this:\n" + user.Yaml(needs);
    }

    private static bool Holds(Grant grant, Report.Right right) => grant.Policies?.Any(policy => policy.Allows(right)) == true;
}
