using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Kubernetes.Discovery;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>Asks the server, once, what the kinds are that the program does not know; where a gate waits, its follower asks.</summary>
internal static class KindLookup
{
    /// <summary>Asks for all of them by one look.</summary>
    /// <param name="targets">The targets; their kinds know what they are afterwards.</param>
    /// <param name="api">The API server.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UsageException">The server does not know a kind.</exception>
    /// <exception cref="AccessException">The server does not tell, or does not have the kind yet.</exception>
    public static async Task AskAsync(IReadOnlyList<Target> targets, ApiServer api, CancellationToken cancel)
    {
        List<Target> unknown = [.. targets.Where(target => !target.Kind.IsKnown)];
        var kinds = unknown.Select(target => (GenericKind)target.Kind).ToList();
        var lookups = await new ResourceFinder(api).FindAsync([.. kinds.Select(kind => kind.Asked)], cancel);
        for (var index = 0; index < kinds.Count; index++)
        {
            var name = unknown[index].ToString();
            if (kinds[index].Problem(lookups[index], unknown[index]) is { } problem)
                throw new UsageException(problem);
            kinds[index].Found = lookups[index] switch
            {
                ResourceLookup.Found found => found.Resource,
                ResourceLookup.Failed failed => throw new AccessException(
                    $"{name}: the API server does not say what the kind is: {failed.Fault.Message}"
                ),
                _ => throw new AccessException(
                    $"{name}: the API server does not have the kind yet, so its resource is not known; apply its "
                        + "CustomResourceDefinition first"
                ),
            };
        }
    }
}
