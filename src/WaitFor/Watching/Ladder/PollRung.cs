using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>Reads everything again at each interval. It sees states, and never guesses what was between them.</summary>
internal abstract class PollRung<T>(Copy<T> copy, PollPace pace) : Rung
    where T : IObjectState
{
    public override string Instead => $"polling every {Words.Duration(pace.Interval)}";

    public override async Task<RungEnd> RunAsync(Func<bool> tryAbove, Action serves, CancellationToken cancel)
    {
        copy.BeginPolling(serves);
        while (true)
        {
            await pace.WaitAsync(copy.ReadAt, cancel);
            if (tryAbove())
            {
                // A watch from here on would take over a state that is as old as the last poll.
                copy.Doubt();
                copy.EndPolling();
                return RungEnd.AskAgain;
            }

            if (await ReadAsync(copy, cancel) is { } fault)
            {
                copy.EndPolling();
                return new RungEnd(fault, Needs[0]);
            }
        }
    }

    /// <summary>Reads everything once.</summary>
    protected abstract Task<ApiFault?> ReadAsync(Copy<T> copy, CancellationToken cancel);
}
