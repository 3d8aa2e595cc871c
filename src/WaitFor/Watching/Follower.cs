using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching.Ladder;

namespace WaitFor.Watching;

/// <summary>The last known state of a target's objects; of a kind that is not the target's, none.</summary>
internal sealed class LastState
{
    public IReadOnlyList<JobState> Jobs { get; init; } = [];

    /// <summary>The Job as it was last seen, if it existed, was not seen to end, and is deleted now.</summary>
    public JobState? DeletedJob { get; init; }

    public IReadOnlyList<PodState> Pods { get; init; } = [];

    public IReadOnlyList<ServiceState> Services { get; init; } = [];

    /// <summary>Of every other kind, and wherever <c>--for</c> says what is asked.</summary>
    public IReadOnlyList<ObjectState> Objects { get; init; } = [];

    public IReadOnlyList<EndpointSliceState> Slices { get; init; } = [];
}

/// <summary>Follows one target: keeps its last known state, and the verdict on it.</summary>
internal abstract class Follower(Target target, TimeProvider time)
{
    private volatile IReadOnlyList<IReflector> _reflectors = [];
    private Held _held = new(Verdict.NotKnownYet, 0);
    private ApiServer? _api;

    /// <summary>What is followed.</summary>
    public Target Target { get; } = target;

    /// <summary>The verdict on the last known state; a Met that cannot be confirmed at present, or has not held long enough, is
    /// none.</summary>
    public Verdict Verdict
    {
        get
        {
            var held = Volatile.Read(ref _held);
            return held.Verdict.Until(HeldFor(held), Target.StableFor);
        }
    }

    /// <summary>The verdict on the last known state, however long it has held.</summary>
    public Verdict LastVerdict => Volatile.Read(ref _held).Verdict;

    /// <summary>How long until a Met has held long enough; null where there is no Met, or it has.</summary>
    public TimeSpan? StableIn =>
        Volatile.Read(ref _held) is { Verdict.Kind: VerdictKind.Met } held && Target.StableFor - HeldFor(held) is { Ticks: > 0 } left
            ? left
            : null;

    /// <summary>The permissions that are missing, and what serves in their place.</summary>
    public virtual IReadOnlyList<Shortfall> Shortfalls => [.. Reflectors.Select(reflector => reflector.Shortfall).OfType<Shortfall>()];

    /// <summary>When the newest poll began that the verdict is made of; null where it is not made of polls.</summary>
    public long? NewestPoll =>
        Reflectors.Select(reflector => reflector.PolledAt).Where(at => at < long.MaxValue).Select(at => (long?)at).Max();

    /// <summary>Whether the verdict is true of a moment after this one; where it is not, it is asked for.</summary>
    public bool IsFresh(long since)
    {
        var old = Reflectors.Where(reflector => reflector.PolledAt <= since).ToList();
        old.ForEach(reflector => reflector.PollNow());
        return old.Count == 0;
    }

    /// <summary>Why the state cannot be confirmed at present; null while it can.</summary>
    public ApiFault? Fault { get; private set; }

    /// <summary>What a request has waited for during 5 s or longer; null where none has.</summary>
    public ApiFault? Silence => _api?.Silent;

    /// <summary>What else can be said about why it takes so long; null for nothing.</summary>
    public virtual string? Detail => null;

    /// <summary>The last known state of the objects, for the report.</summary>
    public LastState Last
    {
        get
        {
            lock (Sync)
                return Snapshot();
        }
    }

    /// <summary>Where the target stands now: verdict, fault and state of one moment.</summary>
    public TargetEnd End()
    {
        lock (Sync)
        {
            // Where nothing is known yet, what the first request still waits for says most.
            var waiting = Verdict.Code == VerdictCode.NotKnownYet ? _api?.Waiting : null;
            return new TargetEnd(Target, Verdict, Fault ?? waiting, Snapshot()) { Shortfalls = Shortfalls };
        }
    }

    /// <summary>Called, from any thread, after each change.</summary>
    public Action? Changed { get; set; }

    /// <summary>Called, from any thread, when <see cref="Silence"/> changes.</summary>
    public Action? SilenceChanged { get; set; }

    /// <summary>Makes the follower for a target.</summary>
    public static Follower Create(Target target, ApiServer api, TimeProvider time, Random random)
    {
        var follower = target.Wanted is null
            ? target.Kind.Follow(target, api, time, random)
            : target.Kind.FollowWanted(target, target.Wanted, api, time, random);
        follower._api = api;
        api.WaitingChanged += () => follower.SilenceChanged?.Invoke();
        return follower;
    }

    /// <summary>Follows until no retry can help.</summary>
    /// <returns>The request to the API server that failed, and the fault.</returns>
    public abstract Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel);

    /// <summary>The verdict on the state as it is now; called under the lock, after each change of a part.</summary>
    protected abstract Verdict Judge();

    /// <summary>A copy of what is known; called under the lock.</summary>
    protected abstract LastState Snapshot();

    /// <summary>Guards what is known.</summary>
    protected Lock Sync { get; } = new();

    /// <summary>What fills the parts.</summary>
    protected virtual IEnumerable<IReflector> Reflectors => _reflectors;

    /// <summary>Takes a part's reflector into account.</summary>
    internal Reflector<T> Using<T>(Reflector<T> reflector)
        where T : IObjectState
    {
        reflector.AccessChanged = () => Changed?.Invoke();
        // One may come later, while the others are asked.
        _reflectors = [.. _reflectors, reflector];
        return reflector;
    }

    private TimeSpan HeldFor(Held held) => time.GetElapsedTime(held.Since);

    private void Update<TPart>(TPart part, Action<TPart> change, Func<(bool Synced, ApiFault? Fault)> known)
    {
        lock (Sync)
        {
            change(part);
            var (synced, fault) = known();
            var verdict = synced ? Judge() : Verdict.NotKnownYet;
            Fault = fault;
            if (fault is not null)
                verdict = verdict.Unconfirmed();
            // A Met that goes on holds since it began.
            var since = verdict.Kind == VerdictKind.Met && _held.Verdict.Kind == VerdictKind.Met ? _held.Since : time.GetTimestamp();
            Volatile.Write(ref _held, new Held(verdict, since));
        }

        Changed?.Invoke();
    }

    /// <summary>A verdict, and since when it is of its kind.</summary>
    private sealed record Held(Verdict Verdict, long Since);

    /// <summary>One collection that the target's state consists of.</summary>
    internal sealed class Part<T>(Follower follower, Func<(bool Synced, ApiFault? Fault)> known) : IReflected<T>
        where T : IObjectState
    {
        private readonly Dictionary<string, T> _objects = new(StringComparer.Ordinal);

        public IReadOnlyCollection<T> Objects => _objects.Values;

        /// <summary>True after the first complete list.</summary>
        public bool Synced { get; private set; }

        public ApiFault? Fault { get; private set; }

        public void Replace(IEnumerable<T> objects) =>
            Update(part =>
            {
                part._objects.Clear();
                foreach (var item in objects)
                    part._objects[Key(item)] = item;
                (part.Synced, part.Fault) = (true, null);
            });

        public void Set(T item) => Update(part => part._objects[Key(item)] = item);

        public void Remove(T item) => Update(part => part._objects.Remove(Key(item)));

        /// <summary>What was learnt is void.</summary>
        public void Forget()
        {
            if (Synced)
                Update(part =>
                {
                    part._objects.Clear();
                    part.Synced = false;
                });
        }

        public void Lost(ApiFault fault) => Update(part => part.Fault = fault);

        private void Update(Action<Part<T>> change) => follower.Update(this, change, known);

        private static string Key(T item) => $"{item.Metadata?.Namespace}/{item.Metadata?.Name}";
    }
}
