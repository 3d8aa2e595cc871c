using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>When in a round something is done to Jobs, in the order of the round.</summary>
internal enum Moment
{
    /// <summary>The server is up.</summary>
    Up = 0,

    /// <summary>The network of the gates behind the relay is cut, the server is up.</summary>
    CutOff,

    /// <summary>The server is killed under the write, which is repeated until the next one takes it.</summary>
    Killed,

    /// <summary>The server is back; most gates still sit in their back-off.</summary>
    JustBack,
}

/// <summary>What is done to a Job.</summary>
internal enum Step
{
    Retry = 0,
    Delete,
    Create,
    Complete,
    Fail,
}

/// <summary>A part of a Job's life: some steps, one after the other, at one moment.</summary>
internal sealed record Act(int Round, Moment Moment, params Step[] Steps);

/// <summary>
/// A gate, and the life of its Job. The last step decides how the gate has to end. What comes before must not: it is
/// either no end (a running Job is deleted and created again), or an end that the gate had no way to see before it was over.
/// </summary>
internal sealed class ChaosGate
{
    /// <summary>As many lives as that differ.</summary>
    private const int Kinds = 10;

    private Task<(int ExitCode, long At)>? _end;
    private NativeGate? _process;
    private string _uid = "";

    private ChaosGate(int index, bool behindRelay, params Act[] acts) => (Name, BehindRelay, Acts) = ($"job-{index}", behindRelay, acts);

    /// <summary>The Job's name.</summary>
    public string Name { get; }

    /// <summary>True: its network can be cut.</summary>
    public bool BehindRelay { get; }

    /// <summary>The Job's life after its start.</summary>
    public IReadOnlyList<Act> Acts { get; }

    /// <summary>True where the Job is deleted and created again.</summary>
    public bool Recreated => Acts.Any(act => act.Steps.Contains(Step.Create));

    /// <summary>The condition that decides.</summary>
    public string Condition => Acts[^1].Steps[^1] == Step.Complete ? "Complete" : "Failed";

    /// <summary>The write that decides; null before it.</summary>
    public Written? Decided { get; private set; }

    /// <summary>What the gate has logged.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>Comes with the gate's end.</summary>
    public Task<(int ExitCode, long At)> End => _end ?? throw new InvalidOperationException("not started");

    /// <summary>The gates, with as many lives as their number allows; the same ones every time.</summary>
    /// <param name="count">How many; for all lives at all times, 10 per round.</param>
    /// <param name="rounds">How often the server is killed; at least 8.</param>
    public static IReadOnlyList<ChaosGate> Plan(int count, int rounds) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(index =>
                {
                    var (slot, end, otherEnd) = (
                        index / Kinds,
                        index % 2 == 0 ? Step.Complete : Step.Fail,
                        index % 2 == 0 ? Step.Fail : Step.Complete
                    );
                    var half = rounds / 2;
                    var (early, late) = (1 + (slot % half), 1 + half + (slot % (rounds - half)));
                    return (index % Kinds / 2) switch
                    {
                        0 or 1 => new ChaosGate(index, false, new Act(1 + (slot % rounds), AnyMoment(index), end)),
                        2 => new ChaosGate(
                            index,
                            false,
                            new Act(early, AnyMoment(slot), Step.Delete, Step.Create),
                            new Act(late, AnyMoment(slot + 1), end)
                        ),
                        // The server is killed while there is no such Job.
                        3 => new ChaosGate(
                            index,
                            false,
                            new Act(early, Moment.Up, Step.Delete),
                            new Act(early, Moment.JustBack, Step.Create),
                            new Act(late, AnyMoment(slot + 1), end)
                        ),
                        // The other end comes and goes while the gate has no contact: whoever takes it for the Job's end is wrong.
                        // The event before that makes its watch one that could be resumed, as a watch without any never is.
                        _ => new ChaosGate(
                            index,
                            true,
                            new Act(1 + (slot % 4 * (rounds / 4)), Moment.Up, Step.Retry),
                            new Act(1 + (slot % 4 * (rounds / 4)), Moment.CutOff, otherEnd, Step.Delete, Step.Create),
                            new Act(rounds - 3 + (slot % 4), AnyMoment(slot), end)
                        ),
                    };

                    static Moment AnyMoment(int number) =>
                        (number % 3) switch
                        {
                            0 => Moment.Up,
                            1 => Moment.Killed,
                            _ => Moment.JustBack,
                        };
                }),
        ];

    /// <summary>Starts the gate.</summary>
    public NativeGate Start(string ns, string kubeconfig)
    {
        _process = NativeGate.Start(["job/" + Name, "-n", ns, "--kubeconfig", kubeconfig]);
        _end = _process.EndAsync();
        return _process;
    }

    /// <summary>Creates the Job.</summary>
    public async Task CreateJobAsync(ChaosJobs jobs)
    {
        var before = _uid;
        _uid = await jobs.CreateAsync(Name);
        if (_uid == before)
            throw new InvalidOperationException($"{Name} was not deleted");
    }

    /// <summary>Does what is due.</summary>
    public async Task PlayAsync(Act act, ChaosJobs jobs)
    {
        foreach (var step in act.Steps)
        {
            if (step == Step.Retry)
            {
                await jobs.RetryAsync(Name);
            }
            else if (step == Step.Delete)
            {
                await jobs.DeleteAsync(Name);
            }
            else if (step == Step.Create)
            {
                await CreateJobAsync(jobs);
            }
            else
            {
                var written = await jobs.FinishAsync(Name, step == Step.Complete);
                if (act == Acts[^1])
                    Decided = written;
            }
        }
    }

    /// <summary>What is wrong with how the gate ended; null for nothing.</summary>
    public string? Wrong()
    {
        if (!End.IsCompletedSuccessfully)
            return "still runs";
        var (exitCode, at) = End.Result;
        var expected = Condition == "Complete" ? 0 : 1;
        if (exitCode != expected)
            return $"ended with {exitCode} instead of {expected}";
        // Not "before it was acknowledged": the event may well overtake the answer to the write.
        return at < Decided!.Value.Sent ? $"ended before its Job was {Condition}" : null;
    }
}
