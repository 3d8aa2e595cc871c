namespace WaitFor.Lint.Permissions;

/// <summary>A service account.</summary>
/// <param name="Namespace">Its namespace; null where the manifests leave it to whoever applies them.</param>
/// <param name="Name">Its name.</param>
internal sealed record Account(string? Namespace, string Name)
{
    /// <summary>The account of a workload's pods.</summary>
    public static Account Of(Workload workload) => new(workload.Entry.Namespace, workload.ServiceAccount);

    /// <summary>As messages call it: <c>shop/shop</c>.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
