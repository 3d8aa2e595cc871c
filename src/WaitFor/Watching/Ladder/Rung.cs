using WaitFor.Kubernetes;

namespace WaitFor.Watching.Ladder;

/// <summary>The verbs of RBAC that following needs.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb"/></summary>
internal enum Verb
{
    List = 0,
    Watch,
    Get,
}

/// <summary>How a rung ended.</summary>
/// <param name="Fault">Why; null: not for a fault, the ladder is asked again.</param>
/// <param name="Verb">The verb of the request that failed: what is denied by a 403.</param>
internal readonly record struct RungEnd(ApiFault? Fault, Verb Verb)
{
    /// <summary>No fault: the rungs above are worth a try, or this one cannot serve.</summary>
    public static RungEnd AskAgain => default;
}

/// <summary>One way to keep a copy of a collection up to date; each stands in its own file.</summary>
internal abstract class Rung
{
    /// <summary>The verbs without which it cannot work.</summary>
    public abstract IReadOnlyList<Verb> Needs { get; }

    /// <summary>False where it cannot work whatever is allowed.</summary>
    public virtual bool CanServe => true;

    /// <summary>What is reported if it replaces a watch; null for nothing.</summary>
    public virtual string? Instead => null;

    /// <summary>Keeps the copy up to date until something is in the way.</summary>
    /// <param name="tryAbove">True when the rungs above are due for a try.</param>
    /// <param name="serves">Called where it works without a watch, when its first answer has shown that it does.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public abstract Task<RungEnd> RunAsync(Func<bool> tryAbove, Action serves, CancellationToken cancel);
}
