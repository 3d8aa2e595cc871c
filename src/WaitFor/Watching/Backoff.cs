namespace WaitFor.Watching;

/// <summary>Full jitter: a random time up to a limit that doubles from 100 ms to 10 s, so that a thousand gates do not come back together.
/// It starts again only after a healthy stretch.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(10);

    /// <summary>A watch that lived that long was healthy. It is the cap, so that streams that die young come no more often than failing
    /// requests do.</summary>
    public static TimeSpan HealthyStretch => Cap;

    /// <summary>A server that asks for more than a watch's longest time is not taken at its word.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    private int _attempt;

    /// <summary>Starts again.</summary>
    public void Reset() => _attempt = 0;

    /// <summary>The next pause.</summary>
    /// <param name="retryAfter">What the server asked for; the jitter comes on top.</param>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        var limit = Base * Math.Pow(2, _attempt);
        if (limit < Cap)
            _attempt++;
        else
            limit = Cap;
        var asked = retryAfter is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestRetryAfter.Ticks)) : TimeSpan.Zero;
        return asked + (limit * random.NextDouble());
    }
}
