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
    public async Task A_loss_of_contact_starts_it_again()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        await using var wire = new Wire(gate.Server.Address);
        gate.Through = wire.Address;
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        var running = gate.RunAsync("pod/web --timeout 0 --stable-for 10s");
        await gate.WatchingAsync("pod/web: ready, stable for 0s of 10s");
        gate.Time.Advance(TimeSpan.FromSeconds(9));
        wire.Down();
        await gate.Lines.ContainsAsync("trying again");
        wire.Up();
        var back = gate.Lines.ContainsAsync("answers again");
        while (!back.IsCompleted)
        {
            await Task.WhenAny(back, gate.Time.TimerAsync(left => left < TimeSpan.FromSeconds(1)));
            gate.Time.Advance(TimeSpan.FromSeconds(0.1));
        }

        var since = gate.Time.Elapsed;
        Assert.False(running.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(9.8));
        Assert.False(running.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(0.3));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.InRange((await running).Waited, since + TimeSpan.FromSeconds(9.8), since + TimeSpan.FromSeconds(10.2));
    }

    /// <summary>A poll sees states: the time runs from the first one that says Met.</summary>
    [Theory]
    [InlineData("pods=list")]
    [InlineData("pods=get")]
    [InlineData("pods=watch")]
    public async Task It_is_kept_on_each_rung(string role)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));

        var result = await gate.RunAsync("pod/web --timeout 0 --stable-for 12s");

        Assert.Equal(ExitCode.Met, result.ExitCode);
        Assert.True(result.Waited >= TimeSpan.FromSeconds(12), $"ready after {result.Waited}");
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
