using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;
using WaitFor.Verdicts;

namespace WaitFor.Watching;

/// <summary>Writes the completion record of each Job that is seen Complete (<c>--record-write</c>), so that Jobs that run any tool survive
/// their TTL. It never changes a verdict: what fails is a warning.</summary>
/// <param name="api">The API server.</param>
/// <param name="time">Clock.</param>
/// <param name="seed">Of the pauses between writers that meet.</param>
/// <param name="log">Takes a line for each record.</param>
/// <param name="cancel">Ends all of it (a signal).</param>
internal sealed class RecordWriter(ApiServer api, TimeProvider time, int seed, ILogger log, CancellationToken cancel)
{
    /// <summary>How long the end of a wait may be held up by a record that is not written yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Target, Task> _running = [];
    private readonly Random _random = new(seed);

    /// <summary>Why the last attempt is followed by another one; null before the first such.</summary>
    private volatile ApiFault? _fault;

    /// <summary>The last one: the records of one gate are written one after the other, and do not meet.</summary>
    private Task _last = Task.CompletedTask;

    /// <summary>Looks at a target's verdict; the first time its Job is Complete, the record is written in the background. Called by one
    /// thread at a time.</summary>
    public void Observe(Target target, Verdict verdict)
    {
        if (target is { RecordWrite: true, Record: not null } && verdict.Code == VerdictCode.JobComplete && !_running.ContainsKey(target))
            _running.Add(target, _last = WriteAsync(target, _last));
    }

    /// <summary>Waits for what is being written, for 5 s at most.</summary>
    public async Task FinishAsync()
    {
        var all = Task.WhenAll(_running.Values);
        try
        {
            await all.WaitAsync(Patience, time, cancel);
        }
        catch (TimeoutException)
        {
            log.LogWarning(
                "completion record: not written within {Patience}s{Reason}; the result does not change",
                Patience.TotalSeconds,
                _fault is { } fault ? $": {fault.Message}" : ""
            );
        }
        catch (OperationCanceledException)
        {
            // The signal ends the program.
        }
    }

    private async Task WriteAsync(Target target, Task before)
    {
        // The caller holds a lock.
        await Task.Yield();
        await before;
        try
        {
            var record = new CompletionRecord(api, target.Namespace!, target.Record!, target.Name!, time, _random, retried =>
            {
                _fault = retried;
                log.LogDebug("completion record: {Fault}; trying again", retried.Message);
            });
            if (await record.WriteAsync(release: null, version: null, replace: false, cancel) is { } fault)
                log.LogWarning(
                    "completion record of {Target} could not be written to ConfigMap {Place}: {Fault}{Next}; the result does not change",
                    target,
                    record.Place,
                    fault.Message,
                    record.NextStep(fault)
                );
            else
                log.LogInformation("completion record: ConfigMap {Place} has the key {Key}", record.Place, target.Name);
        }
        catch (OperationCanceledException)
        {
            // The wait is over.
        }
        catch (Exception surprise)
        {
            log.LogWarning("completion record of {Target}: an error in wait-for itself, please report it: {Surprise}", target, surprise);
        }
    }
}
