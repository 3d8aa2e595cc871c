namespace WaitFor.Testing;

/// <summary>A clock that stands still until a test moves it, so that tests of waiting do not wait.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<TimeSpan, bool> Matches, TaskCompletionSource Found)> _waiters = [];
    private readonly List<(int Count, TaskCompletionSource Found)> _counters = [];
    private TimeSpan _elapsed;

    /// <summary>Timers of at most this length let the clock jump to their end at once: pauses between tries take no time. Zero:
    /// none.</summary>
    public TimeSpan JumpOver { get; init; }

    /// <summary>Timers of just this length stand: they limit an answer that is under way.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.MaxValue;

    /// <summary>How far the clock was moved.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
                return _elapsed;
        }
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero) + Elapsed;

    /// <summary>Moves the clock; timers that come due are called in their order, each at its time.</summary>
    public void Advance(TimeSpan by) => AdvanceTo(Elapsed + by);

    private void AdvanceTo(TimeSpan end)
    {
        while (true)
        {
            ManualTimer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _elapsed = next is null ? Max(_elapsed, end) : Max(_elapsed, next.Due);
                if (next is null)
                    return;
                next.Rearm();
            }

            next.Call();
        }
    }

    /// <summary>Completes when a timer runs that has this much time left: then the code under test waits. A periodic timer is no
    /// wait.</summary>
    public Task TimerAsync(Func<TimeSpan, bool> matches)
    {
        lock (_lock)
        {
            if (_timers.Exists(timer => !timer.Periodic && matches(timer.Due - _elapsed)))
                return Task.CompletedTask;
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((matches, found));
            return found.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Completes when no more than so many timers run, periodic ones aside: every request has one until it is read to its
    /// end.</summary>
    public Task TimersAsync(int atMost)
    {
        lock (_lock)
        {
            if (Waits <= atMost)
                return Task.CompletedTask;
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _counters.Add((atMost, found));
            return found.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private int Waits => _timers.Count(timer => !timer.Periodic);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Started(TimeSpan due)
    {
        foreach (var waiter in _waiters.Where(waiter => waiter.Matches(due)).ToList())
        {
            _waiters.Remove(waiter);
            waiter.Found.SetResult();
        }

        // To its end, not by its length: several pauses at the same time take no longer than the longest.
        var end = _elapsed + due;
        if (due <= JumpOver && due != Keep)
            ThreadPool.QueueUserWorkItem(_ => AdvanceTo(end));
    }

    private void Stopped(ManualTimer timer)
    {
        _timers.Remove(timer);
        foreach (var counter in _counters.Where(counter => Waits <= counter.Count).ToList())
        {
            _counters.Remove(counter);
            counter.Found.SetResult();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

        public bool Periodic => _period > TimeSpan.Zero;

        public void Call() => callback(state);

        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
                Due += _period;
            else
                clock.Stopped(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime < TimeSpan.Zero)
                {
                    clock.Stopped(this);
                    return true;
                }

                (Due, _period) = (clock._elapsed + dueTime, period);
                clock._timers.Add(this);
                if (!Periodic)
                    clock.Started(dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock.Stopped(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
