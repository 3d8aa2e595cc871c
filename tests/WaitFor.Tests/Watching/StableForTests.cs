using WaitFor.Testing;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary><c>--stable-for</c>: Met counts only after it has held for that long without a break.</summary>
public sealed class StableForTests
{
    [Fact]
    public async Task Met_opens_when_it_has_held_and_not_before()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        var running = gate.RunAsync("pod/web --timeout 0 --stable-for 10s");
        await gate.WatchingAsync("pod/web: ready, stable for 0s of 10s");
        gate.Time.Advance(TimeSpan.FromSeconds(9.5));
        Assert.False(running.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(0.5));

        var result = await running;
        Assert.Equal((ExitCode.Met, TimeSpan.FromSeconds(10)), (result.ExitCode, result.Waited));
        Assert.Single(gate.Lines.All, line => line.Contains("stable for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_break_starts_it_again()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        var running = gate.RunAsync("pod/web --timeout 0 --stable-for 10s");
        await gate.WatchingAsync("pod/web: ready, stable for 0s of 10s");
        gate.Time.Advance(TimeSpan.FromSeconds(9));
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: false));
        await gate.Lines.ContainsAsync("running, not ready");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        await gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(10));
        gate.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(running.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((ExitCode.Met, TimeSpan.FromSeconds(19)), ((await running).ExitCode, (await running).Waited));
    }

    [Fact]
    public async Task A_timeout_says_how_long_it_has_held()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));
        var running = gate.RunAsync("job/web --timeout 3s --stable-for 10s");
        await gate.WatchingAsync("stable for 0s of 10s");
        gate.Time.Advance(TimeSpan.FromSeconds(3));

        var result = await running;
        Assert.Equal(ExitCode.TimedOut, result.ExitCode);
        Assert.Contains("stable for 3s of 10s", result.Message, StringComparison.Ordinal);
        Assert.Equal("Pending NotStableYet", result.Targets[0].Verdict.Short());
    }
}
