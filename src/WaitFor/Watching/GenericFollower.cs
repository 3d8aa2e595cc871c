using WaitFor.Kinds;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Discovery;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows objects of a kind that the server has to be asked about: first the kind, which may come later, then the objects. Should
/// the kind go, it is asked for again.</summary>
internal sealed class GenericFollower : Follower
{
    private readonly GenericKind _kind;
    private readonly ApiServer _api;
    private readonly TimeProvider _time;
    private readonly int _seed;
    private readonly Backoff _backoff;
    private readonly Part<ObjectState> _objects;
    private FirstSeen _seen = FirstSeen.None;
    private volatile IReflector? _reflector;
    private volatile string? _absent;
    private volatile bool _gone;
    private readonly Grace _grace;
    private bool _served;
    private long? _absentSince;

    public GenericFollower(Target target, GenericKind kind, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        (_kind, _api, _time, _seed) = (kind, api, time, random.Next());
        _backoff = new Backoff(new Random(_seed));
        _grace = new Grace(time);
        _objects = new Part<ObjectState>(this, () => (_objects!.Synced, _objects.Fault));
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        var finder = new ResourceFinder(_api);
        while (true)
        {
            var lookup = await _kind.AskAsync(finder, cancel);
            // A kind that was there is not misspelt.
            var known = _served && lookup is ResourceLookup.Unknown;
            if (!known && _kind.Problem(lookup, Target) is { } problem)
                return End(new ApiFault(FaultKind.NoSuchKind, problem));
            TimeSpan? pause = null;
            switch (lookup)
            {
                case ResourceLookup.Found:
                    _grace.Allowed();
                    (_absentSince, _gone) = (null, false);
                    var fault = await FollowAsync(cancel);
                    _served |= _objects.Synced;
                    // The kind's definition was deleted, or its storage is being made.
                    if (fault.Kind != FaultKind.NotServed)
                        return End(fault);
                    _kind.Found = null;
                    Absent("the API server does not serve");
                    break;
                case ResourceLookup.Stale stale:
                    // Whether it is away is not known: its time begins again.
                    _absentSince = null;
                    Absent($"{string.Join(", ", stale.Groups.Take(3))} does not answer, so the API server may not have");
                    break;
                case ResourceLookup.Failed failed:
                    if (!MayRetry(failed.Fault))
                        return End(failed.Fault);
                    _absentSince = null;
                    _objects.Lost(failed.Fault);
                    pause = failed.Fault.RetryAfter;
                    break;
                default:
                    _grace.NotRefused(isLoss: false);
                    // An API server that has just started does not have the kinds of definitions yet.
                    _absentSince ??= _time.GetTimestamp();
                    _gone = _served && _time.GetElapsedTime(_absentSince.Value) >= FaultPolicy.GraceAfterLoss;
                    Absent("the API server does not have");
                    break;
            }

            await Task.Delay(_backoff.Next(pause), _time, cancel);
        }

        (Collection, ApiFault) End(ApiFault fault) => (Collections.Of(Target), fault);
    }

    protected override IEnumerable<IReflector> Reflectors => _reflector is { } reflector ? [reflector] : [];

    protected override Verdict Judge()
    {
        var (expected, objects) = (Target.Expected, _objects.Objects);
        // With the definition of a kind its objects go, which is what --for=delete waits for. One that was never there may be misspelt.
        var deleted = _gone && Target.Wanted is { Delete: true };
        if (_absent is { } absent && !deleted)
            return ObjectRules.KindMissing(expected, absent);
        if (Target.Wanted is not { } wanted)
            return expected.Named
                ? ObjectRules.Named(expected, objects.FirstOrDefault(), state => _kind.Judge(Target, state))
                : ObjectRules.Set(expected, objects, state => _kind.Judge(Target, state));
        _seen = _seen.Observe(objects);
        return expected.Named
            ? WantedRules.Named(expected, wanted, objects.FirstOrDefault(), _seen, _kind.EarlyEnd)
            : WantedRules.Set(expected, wanted, objects, _seen, _kind.EarlyEnd);
    }

    protected override LastState Snapshot() => new() { Objects = [.. _objects.Objects] };

    private async Task<ApiFault> FollowAsync(CancellationToken cancel)
    {
        // Nothing is known of its objects before their first complete list.
        _absent = null;
        _objects.Forget();
        var reflector = new Reflector<ObjectState>(
            _api,
            Collections.Of(Target),
            StateReader.WholeObject,
            _objects,
            _time,
            Target.PollInterval,
            _seed
        )
        {
            AccessChanged = () => Changed?.Invoke(),
        };
        _reflector = reflector;
        try
        {
            return await reflector.RunAsync(cancel);
        }
        finally
        {
            _reflector = null;
        }
    }

    /// <summary>There is no such kind, so there is no object: what was known before is void.</summary>
    private void Absent(string why)
    {
        _absent = $"{why} the kind {_kind.Asked.Name}{(_kind.Asked.Group is { Length: > 0 } group ? $" of {group}" : "")} yet";
        _objects.Replace([]);
    }

    /// <summary>As a reflector would: whether a try again can help.</summary>
    private bool MayRetry(ApiFault fault)
    {
        var next = FaultPolicy.After(fault, _api.Access.Authorities?.FromFile == true);
        if (_grace.IsOver(fault, next))
            return false;
        if (next == Next.RenewTokenWithinGrace)
            _api.RenewToken();
        if (next == Next.RenewTrustWithinGrace)
            _api.RenewTrust();
        return next != Next.Stop;
    }
}
