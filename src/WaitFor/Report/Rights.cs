using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>One verb on one resource.</summary>
/// <param name="Namespace">Where; null for all namespaces.</param>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural name, with its subresource: <c>pods/log</c>.</param>
/// <param name="Verb">get, list or watch.</param>
/// <param name="Name">The one object; null for all. It authorises list and watch only with the field selector on the name, which is what is
/// sent.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"/></param>
internal sealed record Right(string? Namespace, string Group, string Resource, string Verb, string? Name);

/// <summary>What a wait, and its report, may have to read.</summary>
internal static class Rights
{
    /// <summary>The rights for the wait itself.</summary>
    /// <param name="target">The target.</param>
    /// <param name="endpoints">True where the server has no EndpointSlice v1.</param>
    public static IEnumerable<Right> OfWait(Target target, bool endpoints)
    {
        foreach (var collection in target.Wanted is null ? target.Kind.Collections(target, endpoints) : [Collections.Of(target)])
        {
            yield return new Right(collection.Namespace, collection.Group, collection.Resource, "list", collection.Name);
            yield return new Right(collection.Namespace, collection.Group, collection.Resource, "watch", collection.Name);
        }

        // Which pods they are is only known when the object is seen.
        if (target.FailFast && !target.Kind.IsPods)
        {
            yield return new Right(target.Namespace, "", "pods", "list", Name: null);
            yield return new Right(target.Namespace, "", "pods", "watch", Name: null);
        }

        if (target is not { RecordWrite: true, Record: { } record })
            yield break;
        yield return new Right(target.Namespace, "", "configmaps", "get", record);
        yield return new Right(target.Namespace, "", "configmaps", "patch", record);
        // A rule with a name cannot allow what has none yet.
        yield return new Right(target.Namespace, "", "configmaps", "create", Name: null);
    }

    /// <summary>Where the events of its objects are; null for all namespaces. Events about what is in no namespace are in
    /// <c>default</c>.</summary>
    public static string? EventsOf(Target target) => target.Kind.Namespaced ? target.Namespace : "default";

    /// <summary>The rights that a full report needs on top.</summary>
    /// <param name="target">The target.</param>
    /// <param name="home">The namespace of the service account, where the target may be by mistake; null where there is none.</param>
    public static IEnumerable<Right> OfReport(Target target, string? home)
    {
        var own = Collections.Of(target);
        // The neighbours of a target that does not exist.
        yield return new Right(own.Namespace, own.Group, own.Resource, "list", Name: null);
        if (target.Kind.ReportsPods)
        {
            yield return new Right(own.Namespace, "", "pods", "list", Name: null);
            yield return new Right(own.Namespace, "", "pods/log", "get", Name: null);
        }

        yield return new Right(EventsOf(target), "", "events", "list", Name: null);
        if (target.Kind.Namespaced && target.Name is not null && home is not null && home != target.Namespace)
            yield return new Right(home, own.Group, own.Resource, "list", target.Name);
    }
}
