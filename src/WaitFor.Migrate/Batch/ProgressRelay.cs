using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;

namespace WaitFor.Migrate.Batch;

/// <summary>Leaves one line of progress where the gate finds it: an annotation of the pod that this program runs in. The work does not wait
/// for it, and goes on without it.</summary>
/// <param name="annotation">The annotation.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes one warning where it cannot be written.</param>
internal sealed class ProgressRelay(PodAnnotation annotation, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>How long the end of a run may wait for the last line.</summary>
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new(Timeout.InfiniteTimeSpan, time);
    private Task _writing = Task.CompletedTask;
    private (bool Is, string? Text) _next;
    private bool _givenUp;

    /// <summary>Leaves a line; where an earlier one is still on its way, the newest follows it.</summary>
    public void Tell(string text) => Write(text);

    /// <summary>Takes the line away: what it told of has ended.</summary>
    public void Clear() => Write(null);

    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_lock)
            writing = _writing;
        _end.CancelAfter(Parting);
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private void Write(string? text)
    {
        lock (_lock)
        {
            if (_givenUp)
                return;
            _next = (true, text);
            if (_writing.IsCompleted)
                _writing = Task.Run(WriteAsync);
        }
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            string? text;
            lock (_lock)
            {
                if (_givenUp || !_next.Is)
                    return;
                (text, _next) = (_next.Text, default);
            }

            if (await TryAsync(text) is not { } fault)
                continue;
            var lasting = fault.Kind is FaultKind.Forbidden or FaultKind.Unauthorized or FaultKind.Untrusted or FaultKind.Rejected
                or FaultKind.NotServed;
            lock (_lock)
                _givenUp = lasting;
            if (lasting)
                log.LogWarning("--progress: {Fault}{Next}; the migration continues without it", fault.Message, annotation.NextStep(fault));
            else
                log.LogDebug("--progress: {Fault}", fault.Message);
        }
    }

    private async Task<ApiFault?> TryAsync(string? text)
    {
        try
        {
            return await annotation.WriteAsync(text, _end.Token);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
            return null;
        }
    }
}
