using System.Text;

namespace WaitFor.Kubernetes;

/// <summary>A collection of objects that can be listed and watched.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/"/></summary>
public sealed record Collection
{
    /// <summary>API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>Version within the group, such as <c>v1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Plural resource name, such as <c>jobs</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>Kind of the objects, such as <c>Job</c>; a list must say <c>JobList</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Namespace; null for all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>Restricts to the one object of this name. With this exact field selector, RBAC scoped by <c>resourceNames</c> authorises
    /// list and watch too.
    /// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"/></summary>
    public string? Name { get; init; }

    /// <summary>Another field selector than the name, such as <c>involvedObject.uid=...</c>, sent as it is; null for none.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Label selector, sent as it is.</summary>
    public string? LabelSelector { get; init; }

    /// <summary><c>batch/v1</c>, or <c>v1</c> for the core group.</summary>
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The kind that a list's body must have.</summary>
    public string ListKind => Kind + "List";

    /// <summary>Path of the one object of that name.</summary>
    internal string ItemPath =>
        $"{(this with { Name = null, FieldSelector = null, LabelSelector = null }).Path()}/"
        + Uri.EscapeDataString(Name ?? throw new InvalidOperationException("the collection names no object"));

    /// <summary>Path and query of a request on this collection, with the selectors escaped.</summary>
    /// <param name="parameters">Further query parameters; null values are left out.</param>
    public string Path(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var path = new StringBuilder(Group.Length == 0 ? "/api/" : "/apis/").Append(GroupVersion);
        if (Namespace is not null)
            path.Append("/namespaces/").Append(Uri.EscapeDataString(Namespace));
        path.Append('/').Append(Resource);

        var separator = '?';
        Add("fieldSelector", Name is null ? FieldSelector : "metadata.name=" + Name);
        Add("labelSelector", LabelSelector);
        foreach (var (name, value) in parameters)
            Add(name, value);
        return path.ToString();

        void Add(string name, string? value)
        {
            if (value is null)
                return;
            path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
    }
}
