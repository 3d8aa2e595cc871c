using System.Globalization;

namespace WaitFor.Migrate.Batch;

/// <summary>How far a batched script is, and how long it still takes: estimates, by the rows that have been walked and the planner's guess
/// of all. Pure.</summary>
/// <param name="walked">Rows that earlier runs have walked.</param>
/// <param name="all">The planner's guess of all rows.</param>
internal sealed class BatchProgress(long walked, long all)
{
    /// <summary>The time left is judged by what was done in this time.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>What would take longer is not known: nobody waits for it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    private readonly Queue<(TimeSpan At, long Walked)> _seen = new([(TimeSpan.Zero, walked)]);
    private (TimeSpan At, long Walked) _last = (TimeSpan.Zero, walked);

    /// <summary>Rows walked, in all runs.</summary>
    public long Walked => _last.Walked;

    /// <summary>0 to 99: at the end the script is applied. A guess that was too low ends at 99.</summary>
    public int Percent => PercentAt(Walked);

    /// <summary>The same, after that many rows.</summary>
    public int PercentAt(long rows) => all <= 0 ? 0 : (int)Math.Clamp(rows * 100 / all, 0, 99);

    /// <summary>How long it still takes; null while nothing is known, and where there are more rows than was guessed.</summary>
    public TimeSpan? Left
    {
        get
        {
            var (at, before) = _seen.Peek();
            var (rows, time) = (Walked - before, _last.At - at);
            if (rows <= 0 || time <= TimeSpan.Zero || Walked >= all)
                return null;
            var seconds = time.TotalSeconds * (all - Walked) / rows;
            return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
        }
    }

    /// <summary>Takes a batch into account.</summary>
    /// <param name="rows">How many rows it walked.</param>
    /// <param name="at">How long this run has worked on the script, with all pauses.</param>
    public void Add(int rows, TimeSpan at)
    {
        _last = (at, Walked + rows);
        _seen.Enqueue(_last);
        while (_seen.Count > 2 && at - _seen.Peek().At > Window)
            _seen.Dequeue();
    }

    /// <summary>The time left for people: <c>about 6 min left</c>; null while nothing is known.</summary>
    public string? LeftText =>
        Left switch
        {
            null => null,
            { TotalSeconds: < 90 } time => $"about {Rounded(Math.Max(1, time.TotalSeconds))} s left",
            { TotalMinutes: < 90 } time => $"about {Rounded(time.TotalMinutes)} min left",
            { } time => $"about {Rounded(time.TotalHours)} h left",
        };

    private static string Rounded(double number) => Math.Round(number).ToString(CultureInfo.InvariantCulture);
}
