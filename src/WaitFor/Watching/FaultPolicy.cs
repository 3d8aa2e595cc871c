using WaitFor.Kubernetes;

namespace WaitFor.Watching;

/// <summary>What follows from a fault.</summary>
internal enum Next
{
    /// <summary>Watch again from the last version (or list, where there is none yet).</summary>
    Resume = 0,

    /// <summary>List again: what is known may be wrong.</summary>
    List,

    /// <summary>Read token and CA again, then go on; stop when that has not helped for the time of grace.</summary>
    RenewWithinGrace,

    /// <summary>Go on; stop when it has not changed for the time of grace.</summary>
    ResumeWithinGrace,

    /// <summary>No retry can help.</summary>
    Stop,
}

/// <summary>The one place that says what follows from each fault.</summary>
internal static class FaultPolicy
{
    /// <summary>RBAC, tokens and certificates may arrive together with the Deployment, or roll while we wait.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>What follows from a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="authoritiesFromFile">Whether the CA is a file, which may be replaced.</param>
    public static Next After(ApiFault fault, bool authoritiesFromFile) => fault.Kind switch
    {
        // The ordinary end: the server's time for the watch was over, or it stops gracefully and another takes over.
        FaultKind.StreamEnded => Next.Resume,

        // Events up to the last version were whole: the server sends the rest from there.
        FaultKind.Unavailable => Next.Resume,
        FaultKind.Stalled => Next.Resume,

        // The server is well and says when to come back.
        FaultKind.Overloaded => Next.Resume,

        // The version is gone from the server's history: no watch from it can ever succeed.
        FaultKind.Expired => Next.List,

        // Something unreadable was sent: an event may have been lost with it.
        FaultKind.Malformed => Next.List,

        // The token may just have been rotated, or its service account is being made.
        FaultKind.Unauthorized => Next.RenewWithinGrace,

        // Role and binding may be applied a moment after the Deployment.
        FaultKind.Forbidden => Next.ResumeWithinGrace,

        // A file may be in the middle of a rolling CA; what stands in the kubeconfig itself will not change while we run.
        FaultKind.Untrusted => authoritiesFromFile ? Next.RenewWithinGrace : Next.Stop,

        // The same words will be refused again.
        FaultKind.Rejected => Next.Stop,

        // A server does not learn a new API while we wait; the caller may know another one.
        FaultKind.NotServed => Next.Stop,

        // An unknown fault promises nothing: the gate stays shut, and tries again.
        _ => Next.List,
    };
}
