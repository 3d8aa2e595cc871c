using WaitFor.Testing;
using WaitFor.Verdicts;

namespace WaitFor.Tests.Watching;

/// <summary>Verdicts of whole gates on an API server that behaves.</summary>
public sealed class GateTests
{
    [Theory]
    [InlineData("job/db", "complete", 0, "ready: 1 of 1 target")]
    [InlineData("job/db", "failed", 1, "job/db: failed: BackoffLimitExceeded: Job has reached the specified backoff limit")]
    [InlineData("job-we/db", "failed", 0, "ready: 1 of 1 target")]
    [InlineData("job-wr/db", "failed", 1, "job-wr/db: failed: BackoffLimitExceeded")]
    [InlineData("job/db --on-missing fail", "absent", 4, "job/db: not found (--on-missing=fail) (namespace shop)")]
    [InlineData("job/db --on-missing pass", "absent", 0, "ready: 1 of 1 target")]
    [InlineData("job:app=db --on-missing fail", "absent", 4, "job:app=db: no Job matches the selector (--on-missing=fail)")]
    [InlineData(
        "job/db --expect-label release=v42 --timeout 1m",
        "complete",
        124,
        "timed out after 1m: job/db: stale: label release is not set, expected \"v42\""
    )]
    [InlineData("job/db --expect-image shop-migrate:v42", "complete", 0, "ready: 1 of 1 target")]
    [InlineData(
        "job/db --expect-image shop-migrate:v43 --on-missing fail --timeout 1m",
        "complete",
        124,
        "stale: image is shop-migrate:v42, expected shop-migrate:v43"
    )]
    [InlineData("job/db --timeout 1m", "running", 124, "timed out after 1m: job/db: running, 1 active of 1")]
    public async Task Ends_with_the_code_and_the_reason(string commandLine, string state, int exitCode, string message)
    {
        await using var gate = await GateHarness.StartAsync();
        if (state != "absent")
            gate.Server.Objects.Put(
                ApiObjects.Jobs("shop"),
                state switch
                {
                    "complete" => ApiObjects.JobComplete("db"),
                    "failed" => ApiObjects.JobFailed("db"),
                    _ => ApiObjects.JobRunning("db"),
                }
            );

        var running = gate.RunAsync(commandLine);
        if (exitCode == 124)
        {
            await gate.Lines.ContainsAsync("job/db: ");
            gate.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var result = await running;

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follows_a_Job_from_missing_to_complete_with_one_list_and_one_watch()
    {
        await using var gate = await GateHarness.StartAsync();
        var running = gate.RunAsync("job/db");
        await gate.Lines.ContainsAsync("job/db: not found (namespace shop)");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobNew("db"));
        await gate.Lines.ContainsAsync("job/db: not started");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        await gate.Lines.ContainsAsync("job/db: running, 1 active of 1");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        var result = await running;

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("job/db: complete after 17s", gate.Lines.All[^1]);
        Assert.Collection(
            gate.Server.Requests,
            list =>
            {
                Assert.False(list.IsWatch);
                Assert.Equal("metadata.name=db", list.Query["fieldSelector"]);
                Assert.Equal("500", list.Query["limit"]);
                Assert.False(list.Query.ContainsKey("resourceVersion"));
                Assert.Equal("Bearer first-token", list.Authorization);
                Assert.Equal("wait-for/0.0.0", list.UserAgent);
            },
            watch =>
            {
                Assert.True(watch.IsWatch);
                Assert.Equal("metadata.name=db", watch.Query["fieldSelector"]);
                Assert.Equal("true", watch.Query["allowWatchBookmarks"]);
                Assert.InRange(int.Parse(watch.Query["timeoutSeconds"], System.Globalization.CultureInfo.InvariantCulture), 300, 600);
            }
        );
    }

    [Fact]
    public async Task A_target_that_stops_being_met_keeps_the_gate_shut()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true));
        var running = gate.RunAsync("pod/cache job/db");
        await gate.Lines.ContainsAsync("pod/cache: ready");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: false));
        await gate.Lines.ContainsAsync("pod/cache: running, not ready");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        await gate.Lines.ContainsAsync("job/db: complete");
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_finished_Job_stays_met_when_its_TTL_removes_it_and_a_successor_is_judged_anew()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        var running = gate.RunAsync("job/db pod/cache");
        await gate.Lines.ContainsAsync("job/db: complete");
        gate.Server.Objects.Delete(ApiObjects.Jobs("shop"), "db");
        await gate.Lines.ContainsAsync("job/db: was seen complete, removed since");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        await gate.Lines.ContainsAsync("job/db: running");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true));
        await gate.Lines.ContainsAsync("pod/cache: ready");
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task Pass_is_for_Jobs_that_never_were_not_for_one_that_makes_room_for_the_next()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        var running = gate.RunAsync("job/db --on-missing pass --expect-label release=v42");
        await gate.Lines.ContainsAsync("job/db: stale");
        gate.Server.Objects.Delete(ApiObjects.Jobs("shop"), "db");
        await gate.Lines.ContainsAsync("job/db: not found");
        Assert.False(running.IsCompleted);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db", """{"release":"v42"}"""));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task One_failed_target_ends_the_gate_at_once_with_the_states_of_all()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("a"));
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobFailed("b"));

        var result = await gate.RunAsync("shop/job/a infra/job/b");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("infra/job/b: failed", result.Message, StringComparison.Ordinal);
        Assert.Equal(["shop/job/a", "infra/job/b"], result.Targets.Select(item => item.Target.ToString()));
    }

    [Fact]
    public async Task A_Job_that_was_seen_and_is_deleted_is_not_merely_missing_and_its_successor_counts()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db");
        await gate.Lines.ContainsAsync("job/db: running");
        gate.Server.Objects.Delete(ApiObjects.Jobs("shop"), "db");
        await gate.Lines.ContainsAsync("job/db: deleted while running (1 active of 1); not found since (namespace shop)");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_stale_Job_that_is_deleted_makes_room_and_is_merely_missing()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db", """{"release":"v41"}"""));
        var running = gate.RunAsync("job/db --expect-label release=v42");
        await gate.Lines.ContainsAsync("job/db: ");
        gate.Server.Objects.Delete(ApiObjects.Jobs("shop"), "db");

        await gate.Lines.ContainsAsync("job/db: not found (namespace shop)");
        gate.Interrupt();
        await running;
    }

    [Fact]
    public async Task Jobs_by_selector_in_all_namespaces()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("a", """{"release":"v42"}"""));
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobRunning("a", """{"release":"v42"}"""));
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobFailed("old", """{"release":"v41"}"""));
        var running = gate.RunAsync("job -l release=v42 -A");
        await gate.Lines.ContainsAsync("1 of 2 Jobs complete; infra/a: running");
        gate.Server.Objects.Put(ApiObjects.Jobs("infra"), ApiObjects.JobComplete("a", """{"release":"v42"}"""));

        Assert.Equal(0, (await running).ExitCode);
        Assert.All(gate.Server.Requests, request => Assert.Equal("/apis/batch/v1/jobs", request.Path));
    }

    [Fact]
    public async Task A_service_opens_when_all_its_endpoints_are_ready()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis"));
        var running = gate.RunAsync("service/redis");
        await gate.Lines.ContainsAsync("service/redis: no endpoints yet");
        gate.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true, false));
        await gate.Lines.ContainsAsync("service/redis: 1 endpoint ready, 1 not ready");
        gate.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true, true));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_signal_ends_the_wait_with_the_state_in_one_line()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db");
        await gate.Lines.ContainsAsync("job/db: running");

        gate.Interrupt();
        var result = await running;

        Assert.Null(result.ExitCode);
        Assert.Equal("interrupted: job/db: running, 1 active of 1", result.Message);
    }

    [Fact]
    public async Task Says_once_a_minute_that_it_still_waits()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db");
        await gate.WatchingAsync("job/db: running");

        gate.Time.Advance(TimeSpan.FromSeconds(61));
        gate.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(
            ["still waiting after 60s: job/db: running, 1 active of 1", "still waiting after 2m: job/db: running, 1 active of 1"],
            gate.Lines.All.Where(line => line.StartsWith("still", StringComparison.Ordinal))
        );
        gate.Interrupt();
        await running;
    }

    [Fact]
    public async Task No_limit_means_none()
    {
        await using var gate = await GateHarness.StartAsync();
        var running = gate.RunAsync("job/db --timeout 0");
        await gate.Lines.ContainsAsync("job/db: not found");
        gate.Time.Advance(TimeSpan.FromSeconds(100));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(VerdictKind.Met, (await running).Targets[0].Verdict.Kind);
    }
}
