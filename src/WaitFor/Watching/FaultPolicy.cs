using WaitFor.Kubernetes;

namespace WaitFor.Watching;

/// <summary>What follows from a fault.</summary>
internal enum Next
{
    /// <summary>List again: what is known has to be confirmed.</summary>
    List = 0,

    /// <summary>Watch again from the last version.</summary>
    Watch,

    /// <summary>As <see cref="List"/>; stop when nothing has changed for the time of grace.</summary>
    ListWithinGrace,

    /// <summary>As <see cref="ListWithinGrace"/>, after the token was renewed.</summary>
    RenewTokenWithinGrace,

    /// <summary>As <see cref="ListWithinGrace"/>, after the CA was read again.</summary>
    RenewTrustWithinGrace,

    /// <summary>No retry can help.</summary>
    Stop,
}

/// <summary>The one place that says what follows from each fault. After a loss of contact only a list says what is true now: a watch that
/// is resumed sends what was missed
/// one by one, and until it has, a Met may be long over. So nothing but the ordinary end of a watch is followed by a watch.</summary>
internal static class FaultPolicy
{
    /// <summary>RBAC, tokens and certificates may arrive together with the Deployment, or roll while we wait.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>The same after a loss of the server, which may have been started again: it was seen to deny everything for 16 s.</summary>
    public static readonly TimeSpan GraceAfterLoss = TimeSpan.FromSeconds(30);

    /// <summary>What follows from a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="authoritiesFromFile">Whether the CA is a file, which may be replaced.</param>
    public static Next After(ApiFault fault, bool authoritiesFromFile) =>
        fault.Kind switch
        {
            // The ordinary end: the server's time for the watch was over, or it stops gracefully and another takes over.
            FaultKind.StreamEnded => Next.Watch,

            // Nobody knows how long it lasts, or what changes meanwhile. Silence is also what a watch from a version of the future gives
            // (an etcd restored from a backup): a list finds the way back.
            FaultKind.Unavailable => Next.List,
            FaultKind.Stalled => Next.List,
            FaultKind.SilentWatch => Next.List,

            // The server is well and says when to come back.
            FaultKind.Overloaded => Next.List,

            // The version is gone from the server's history: no watch from it can ever succeed.
            FaultKind.Expired => Next.List,

            // Something unreadable was sent: an event may have been lost with it.
            FaultKind.Malformed => Next.List,

            // The token may just have been rotated, or its service account is being made.
            FaultKind.Unauthorized => Next.RenewTokenWithinGrace,

            // Role and binding may be applied a moment after the Deployment.
            FaultKind.Forbidden => Next.ListWithinGrace,

            // A file may be in the middle of a rolling CA; what stands in the kubeconfig itself will not change while we run.
            FaultKind.Untrusted => authoritiesFromFile ? Next.RenewTrustWithinGrace : Next.Stop,

            // The same words will be refused again.
            FaultKind.Rejected => Next.Stop,

            // A server does not learn a new API while we wait; the caller may know another one.
            FaultKind.NotServed => Next.Stop,

            // An unknown fault promises nothing: the gate stays shut, and tries again.
            _ => Next.List,
        };
}
