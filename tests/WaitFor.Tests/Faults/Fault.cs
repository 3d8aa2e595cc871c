using WaitFor.Testing;

namespace WaitFor.Tests.Faults;

/// <summary>What bounds the number of tries while a fault lasts.</summary>
internal enum Pace
{
    /// <summary>The back-off alone.</summary>
    Backoff,

    /// <summary>What the server asked for; the back-off comes on top.</summary>
    RetryAfter,

    /// <summary>The limit of silence.</summary>
    Silence,
}

/// <summary>Why a fault cannot strike at a moment.</summary>
internal enum Exclusion
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>A status is the head of an answer.</summary>
    StatusIsAHead,

    /// <summary>An ERROR event is a line of a watch.</summary>
    EventIsALine,

    /// <summary>What is unreadable has to be sent first.</summary>
    NeedsABody,

    /// <summary>Where a stream may end, its end is no fault.</summary>
    OrdinaryEnd,

    /// <summary>Silence is an answer's.</summary>
    NeedsARequest,
}

/// <summary>A fault: what it does where it strikes, and when it is over.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Strike">Strikes; what belongs before that moment was sent.</param>
internal sealed record Fault(string Name, Func<Scene, Strike, Task> Strike)
{
    /// <summary>How long it lasts, from the first strike on; null: for ever.</summary>
    public TimeSpan? Lasts { get; init; } = TimeSpan.FromSeconds(20);

    public Pace Pace { get; init; }

    /// <summary>Ends it.</summary>
    public Action<Scene> End { get; init; } = _ => { };

    /// <summary>Where it cannot strike.</summary>
    public Func<Moment, Exclusion> Not { get; init; } = _ => Exclusion.None;

    /// <summary>It sends the whole content of the answer by itself.</summary>
    public bool OwnBody { get; init; }

    /// <summary>Once it has struck, it strikes every request that could tell the target's state.</summary>
    public bool Everywhere { get; init; }

    /// <summary>It needs a wire before the server.</summary>
    public bool OnTheWire { get; init; }

    public override string ToString() => Name;
}

/// <summary>One strike of a fault.</summary>
/// <param name="Moment">When.</param>
/// <param name="Context">The request that is struck; null between two requests.</param>
/// <param name="Version">The resourceVersion of the list before.</param>
internal sealed record Strike(Moment Moment, Microsoft.AspNetCore.Http.HttpContext? Context, string Version);
