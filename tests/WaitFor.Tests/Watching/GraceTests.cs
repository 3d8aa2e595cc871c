using WaitFor.Testing;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>How long a denial is retried before it is believed.</summary>
public sealed class GraceTests
{
    [Theory]
    [InlineData("never allowed", 15)]
    [InlineData("its connection is reset", 30)]
    [InlineData("its watch ends early", 30)]
    [InlineData("it polls", 15)]
    public async Task A_server_that_may_have_started_again_has_more_time_to_load_its_Roles(string before, int seconds)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var role = new FakeRole(gate.Server, before == "never allowed" ? "none=" : before == "it polls" ? "jobs=list" : "jobs=list,watch");
        if (before == "its connection is reset")
            gate.Server.Next(
                request => request.IsWatch,
                async context =>
                {
                    await Answers.BeginAsync(context, 200, "application/json");
                    await gate.WatchingAsync("running, 1 active");
                    role.Change("none=");
                    context.Abort();
                }
            );
        var denied = new TaskCompletionSource<TimeSpan>();
        gate.Lines.Written = line =>
        {
            if (line.Contains("is forbidden", StringComparison.Ordinal))
                denied.TrySetResult(gate.Time.Elapsed);
        };

        var running = gate.RunAsync("job/db --timeout 0");
        if (before is "its watch ends early" or "it polls")
        {
            if (before == "it polls")
                await gate.Lines.ContainsAsync("polling every");
            else
                await gate.WatchingAsync("running, 1 active");
            role.Change("none=");
            gate.Server.Objects.EndWatches();
        }

        var result = await running;
        Assert.Equal(ExitCode.Access, result.ExitCode);
        var took = gate.Time.Elapsed - await denied.Task;
        Assert.InRange(took.TotalSeconds, seconds - 0.1, seconds + 1);
    }

    [Fact]
    public async Task A_Role_that_arrives_within_the_time_of_grace_leaves_no_missing_permission()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var role = new FakeRole(gate.Server, "none=");
        var running = gate.RunAsync("job/db --timeout 0");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "get jobs", 2);
        role.Change("jobs=get,list,watch");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "watch jobs", 1);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        var result = await running;

        Assert.Equal(ExitCode.Met, result.ExitCode);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("permission missing", StringComparison.Ordinal));
    }

    /// <summary>What was read before everything was denied says nothing about what is allowed now.</summary>
    [Fact]
    public async Task A_Role_that_goes_for_a_while_leaves_no_false_missing_permission()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var role = new FakeRole(gate.Server, "jobs=get,list,watch");
        var running = gate.RunAsync("job/db --timeout 0");
        await gate.WatchingAsync("running, 1 active");
        role.Change("none=");
        gate.Server.Objects.EndWatches();

        Assert.Equal(ExitCode.Access, (await running).ExitCode);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("permission missing", StringComparison.Ordinal));
    }
}
