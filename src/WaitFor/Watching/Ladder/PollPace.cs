namespace WaitFor.Watching.Ladder;

/// <summary>The pauses between polls: the interval with a jitter of 20 %, so that gates that started together spread.</summary>
internal sealed class PollPace(TimeSpan interval, TimeProvider time, Random random)
{
    /// <summary>Polls that are asked for come no more often.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _asked = New();

    public TimeSpan Interval => interval;

    /// <summary>Asks for a poll that begins after this call, without the rest of the pause.</summary>
    public void PollNow() => Volatile.Read(ref _asked).TrySetResult();

    /// <summary>Waits until the next poll is due.</summary>
    /// <param name="readAt">When the last one began; null: none did, or its state is in doubt.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public async Task WaitAsync(long? readAt, CancellationToken cancel)
    {
        if (readAt is { } since)
        {
            var asked = Volatile.Read(ref _asked).Task;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(DelayAsync(since, interval * (0.8 + (0.4 * random.NextDouble())), pause.Token), asked);
            await pause.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            await DelayAsync(since, Least, cancel);
        }

        Volatile.Write(ref _asked, New());
    }

    private Task DelayAsync(long since, TimeSpan length, CancellationToken cancel) =>
        length - time.GetElapsedTime(since) is { Ticks: > 0 } left ? Task.Delay(left, time, cancel) : Task.CompletedTask;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
