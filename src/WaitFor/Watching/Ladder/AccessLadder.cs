using WaitFor.Kubernetes;

namespace WaitFor.Watching.Ladder;

/// <summary>Follows a collection by the highest rung that the Role allows. A 403 takes away one verb, and the next rung that does without
/// it is tried at once, without the time of grace. After a minute everything is tried again, as a Role may arrive late.</summary>
/// <param name="rungs">All rungs, the best one first.</param>
/// <param name="time">Clock.</param>
/// <param name="served">How often a rung was allowed to serve so far.</param>
/// <param name="stands">Called with a rung that works without a watch, and the verbs that are denied, when its first answer has shown that
/// it works.</param>
internal sealed class AccessLadder(IReadOnlyList<Rung> rungs, TimeProvider time, Func<int> served, Action<Rung, IReadOnlyList<Verb>> stands)
{
    /// <summary>How long a denial is believed.</summary>
    public static readonly TimeSpan TryAbove = TimeSpan.FromMinutes(1);

    private readonly SortedSet<Verb> _denied = [];
    private ApiFault? _denial;
    private long _deniedSince;
    private int _servedBefore;

    /// <summary>Follows until there is a fault that going down does not help.</summary>
    /// <returns>The fault; of kind <see cref="FaultKind.Forbidden"/> where no rung is allowed.</returns>
    public async Task<ApiFault> RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (IsDue())
                Forget();
            if (rungs.FirstOrDefault(rung => rung.CanServe && !rung.Needs.Any(_denied.Contains)) is not { } rung)
            {
                var denial = _denial!;
                Forget();
                return denial;
            }

            var (fault, verb) = await rung.RunAsync(IsDue, () => stands(rung, [.. _denied]), cancel);
            if (fault is null)
                continue;
            if (fault.Kind != FaultKind.Forbidden)
                return fault;
            // A rung has served since the last denial, and is denied now: it is another Role, which may allow what the last one did not.
            if (served() != _servedBefore)
                Forget();
            _servedBefore = served();
            if (_denied.Count == 0)
                _deniedSince = time.GetTimestamp();
            _denied.Add(verb);
            // The best rung's denial is what is reported: its verbs are those to ask for.
            _denial ??= fault;
        }
    }

    private bool IsDue() => _denied.Count > 0 && time.GetElapsedTime(_deniedSince) >= TryAbove;

    private void Forget()
    {
        _denied.Clear();
        _denial = null;
    }
}
