using WaitFor.Kubernetes;

namespace WaitFor.Watching;

/// <summary>How long a refusal (401, 403, a certificate that is not trusted) is retried before it is believed. An API server that has just
/// started denies everything until it has loaded its Roles, which takes it longer than <see cref="FaultPolicy.Grace"/> on a busy machine:
/// where the server was lost after it had allowed the same, the time is <see cref="FaultPolicy.GraceAfterLoss"/>.</summary>
/// <param name="time">Clock.</param>
internal sealed class Grace(TimeProvider time)
{
    private long? _since;

    /// <summary>Whether the server has ever allowed what is needed.</summary>
    public bool WasAllowed { get; private set; }

    /// <summary>Whether the server was lost since it last allowed what is needed.</summary>
    public bool IsAfterLoss { get; private set; }

    /// <summary>What is left of it, which may be negative; null where nothing is refused.</summary>
    public TimeSpan? Left =>
        _since is { } since ? (IsAfterLoss ? FaultPolicy.GraceAfterLoss : FaultPolicy.Grace) - time.GetElapsedTime(since) : null;

    /// <summary>The server allows what is needed.</summary>
    public void Allowed() => (_since, WasAllowed, IsAfterLoss) = (null, true, false);

    /// <summary>Takes a fault of the connection, or of something else that is no refusal.</summary>
    /// <param name="isLoss">Whether the server may have been started again.</param>
    public void NotRefused(bool isLoss)
    {
        _since = null;
        IsAfterLoss |= isLoss && WasAllowed;
    }

    /// <summary>Takes a refusal.</summary>
    /// <param name="afterLoss">True: the caller knows that the server was lost.</param>
    /// <returns>True where the refusal is to be believed now.</returns>
    public bool Refused(bool afterLoss = false)
    {
        IsAfterLoss |= afterLoss;
        _since ??= time.GetTimestamp();
        return Left <= TimeSpan.Zero;
    }

    /// <summary>Takes a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="next">What follows from it.</param>
    /// <param name="early">Whether a watch ended before its time, as when the server stops.</param>
    /// <returns>True where the fault is a refusal, and is to be believed now.</returns>
    public bool IsOver(ApiFault fault, Next next, bool early = false)
    {
        if (next is Next.ListWithinGrace or Next.RenewTokenWithinGrace or Next.RenewTrustWithinGrace)
            return Refused();
        NotRefused(isLoss: early || fault.Kind is FaultKind.Unavailable or FaultKind.Stalled or FaultKind.SilentWatch);
        return false;
    }
}
