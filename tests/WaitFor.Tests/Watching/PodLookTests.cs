using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Tests.Report;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>While a Job runs, a look at its pods says what takes so long: at most once a minute, and never for the verdict.</summary>
public sealed class PodLookTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task In_the_first_minute_nothing_but_the_Job_is_asked_for()
    {
        await using var gate = await WaitingAsync();

        gate.Time.Advance(TimeSpan.FromSeconds(59.9));
        await gate.InterruptAsync();

        Assert.Equal(["jobs", "jobs"], gate.Gate.Server.Requests.Select(request => request.Resource));
    }

    [Fact]
    public async Task Later_the_pods_are_asked_for_at_most_once_a_minute()
    {
        await using var gate = await WaitingAsync();
        await gate.LookAsync(1);

        for (var look = 2; look <= 4; look++)
        {
            await gate.StayAsync();
            gate.Time.Advance(TimeSpan.FromSeconds(59));
            Assert.Equal(look - 1, gate.Looks);
            gate.Time.Advance(TimeSpan.FromSeconds(1));
            await gate.LookedAsync(look);
        }

        await gate.InterruptAsync();
        Assert.Equal(4, gate.Looks);
        Assert.All(gate.Gate.Server.Requests.Where(request => request.Resource == "pods"), request =>
        {
            Assert.False(request.IsWatch);
            Assert.Equal("job-name=db", request.Query["labelSelector"]);
        });
    }

    [Fact]
    public async Task The_line_changes_with_the_cause_and_only_then()
    {
        await using var gate = await WaitingAsync();
        gate.Pod("waiting", HintRow.Waiting("ContainerCreating"));
        await gate.LookAsync(1);
        await gate.Gate.Lines.ContainsAsync("job/db: running, 1 active of 1; pod db-1: container app is waiting: ContainerCreating");
        await gate.AgainAsync(2);
        gate.Pod("pulling", HintRow.Waiting("ImagePullBackOff"));
        await gate.AgainAsync(3);
        await gate.Gate.Lines.ContainsAsync("pod db-1: container app is waiting: ImagePullBackOff");
        gate.Pod("crashing", HintRow.Waiting("CrashLoopBackOff"), restarts: 2);
        await gate.AgainAsync(4);
        await gate.Gate.Lines.ContainsAsync("pod db-1: container app is waiting: CrashLoopBackOff (2 restarts)");

        var result = await gate.InterruptAsync();

        Assert.Equal(
            ["job/db: running, 1 active of 1", "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff (2 restarts)"],
            gate.Gate.Lines.All.Where(line => line.StartsWith("job/db", StringComparison.Ordinal))
                .Select(line => line.Split("is waiting: ")[^1])
        );
        Assert.Equal(
            "interrupted: job/db: running, 1 active of 1; pod db-1: container app is waiting: CrashLoopBackOff (2 restarts)",
            result.Message
        );
    }

    /// <summary>Of a Job's pod, ready only means that it runs.</summary>
    [Fact]
    public async Task A_ready_pod_runs()
    {
        await using var gate = await WaitingAsync();
        gate.Gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("db-1", ready: true, """{"job-name":"db"}"""));
        await gate.LookAsync(1);

        await gate.Gate.Lines.ContainsAsync("job/db: running, 1 active of 1; pod db-1: runs");
        await gate.InterruptAsync();
    }

    [Fact]
    public async Task A_surprise_ends_the_look_and_nothing_else()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        using var api = await gate.ConnectAsync();
        var look = new WaitFor.Watching.PodLook(api, gate.Time, seed: 1);

        var looking = look.RunAsync(() => throw new InvalidOperationException("a defect"), () => { }, CancellationToken.None);
        gate.Time.Advance(TimeSpan.FromSeconds(70));
        await looking.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Null(look.Seen);
        Assert.Empty(gate.Server.Requests);
    }

    [Fact]
    public async Task The_newest_pod_is_told()
    {
        await using var gate = await WaitingAsync();
        gate.Pod("old", HintRow.Waiting("ImagePullBackOff"), name: "db-9", created: "2026-11-20T09:00:00Z");
        gate.Pod("new", HintRow.Waiting("ContainerCreating"), name: "db-1", created: "2026-11-20T09:05:00Z");
        await gate.LookAsync(1);

        await gate.Gate.Lines.ContainsAsync("pod db-1: container app is waiting: ContainerCreating");
        await gate.InterruptAsync();
    }

    [Fact]
    public async Task Who_may_not_look_does_not_ask_again()
    {
        await using var gate = await WaitingAsync();
        using var denied = gate.Gate.Server.Always(
            request => request.Resource == "pods",
            Answers.Text(403, Recording.Error("403-pods-list"))
        );
        gate.Time.Advance(TimeSpan.FromSeconds(70));
        await gate.Gate.Server.ArrivedAsync(request => request.Resource == "pods", 1);
        // The limit's and the watch's: no pause for another look is among them.
        await gate.Time.TimersAsync(atMost: 2);
        for (var minute = 0; minute < 3; minute++)
        {
            await gate.StayAsync();
            gate.Time.Advance(Minute);
        }

        var result = await gate.InterruptAsync();

        Assert.Equal(1, gate.Looks);
        Assert.DoesNotContain("forbidden", result.Message + string.Join('\n', gate.Gate.Lines.All), StringComparison.Ordinal);
        Assert.Null(result.Roles);
    }

    [Theory]
    [InlineData("malformed")]
    [InlineData("wrong type")]
    [InlineData("reset")]
    [InlineData("500")]
    public async Task An_answer_that_says_nothing_is_passed_over_and_the_next_is_told(string fault)
    {
        await using var gate = await WaitingAsync();
        gate.Gate.Server.Next(
            request => request.Resource == "pods",
            fault switch
            {
                "malformed" => Answers.Json("{"),
                "wrong type" => Answers.Json(
                    """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":"""
                        + """[{"metadata":{"name":"p"},"status":{"phase":7}}]}"""
                ),
                "reset" => Answers.Reset,
                _ => Answers.Status(500, "InternalError", "no leader"),
            }
        );
        gate.Pod("waiting", HintRow.Waiting("ContainerCreating"));
        await gate.LookAsync(1);
        await gate.AgainAsync(2);
        await gate.Gate.Lines.ContainsAsync("ContainerCreating");

        await gate.InterruptAsync();

        Assert.Equal(2, gate.Gate.Lines.All.Count(line => line.StartsWith("job/db", StringComparison.Ordinal)));
        Assert.DoesNotContain(gate.Gate.Lines.All, line => line.StartsWith("API server", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("job/db", "missing")]
    [InlineData("job/db", "not started")]
    [InlineData("job/db", "suspended")]
    [InlineData("job:app=x", "running")]
    public async Task Where_no_single_Job_runs_nothing_is_looked_at(string words, string state)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        if (state != "missing")
            gate.Server.Objects.Put(
                ApiObjects.Jobs("shop"),
                (
                    state == "running" ? ApiObjects.JobRunning("db") : ApiObjects.JobNew("db").With("spec.suspend", state == "suspended")
                ).Label("app", "x")
            );
        var running = gate.RunAsync(words);
        await gate.WatchingAsync($"{words}: ");

        gate.Time.Advance(TimeSpan.FromSeconds(70));
        gate.Time.Advance(TimeSpan.FromSeconds(60));
        gate.Interrupt();
        await running;

        Assert.DoesNotContain(gate.Server.Requests, request => request.Resource == "pods");
    }

    private static async Task<Looking> WaitingAsync()
    {
        var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.WatchingAsync("job/db: running, 1 active of 1");
        return new Looking(gate, running);
    }

    /// <summary>A gate that waits for a running Job.</summary>
    private sealed class Looking(GateHarness gate, Task<WaitFor.Watching.GateResult> running) : IAsyncDisposable
    {
        public GateHarness Gate { get; } = gate;

        public ManualTimeProvider Time => Gate.Time;

        public int Looks => Gate.Server.Requests.Count(request => request.Resource == "pods");

        /// <summary>Moves the clock past the first minute and the seconds by which gates are spread.</summary>
        public Task LookAsync(int count)
        {
            Time.Advance(TimeSpan.FromSeconds(70));
            return LookedAsync(count);
        }

        /// <summary>Completes when so many looks are over: the next one is a minute off.</summary>
        public async Task LookedAsync(int count)
        {
            await Gate.Server.ArrivedAsync(request => request.Resource == "pods", count);
            await Time.TimerAsync(left => left == Minute);
        }

        /// <summary>Moves the clock by a minute, to the next look.</summary>
        public async Task AgainAsync(int count)
        {
            await StayAsync();
            Time.Advance(Minute);
            await LookedAsync(count);
        }

        /// <summary>The watch is heard from, as it would be once a minute: its silence does not come due.</summary>
        public Task StayAsync()
        {
            Gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
            return Time.TimerAsync(left => left == TimeSpan.FromSeconds(150));
        }

        public void Pod(
            string version,
            JsonObject state,
            string name = "db-1",
            int restarts = 0,
            string created = "2026-11-20T10:00:00Z"
        ) =>
            Gate.Server.Objects.Put(
                ApiObjects.Pods("shop"),
                ApiObjects
                    .Pod(name, ready: false, $$"""{"job-name":"db","version":"{{version}}"}""")
                    .With("metadata.creationTimestamp", created)
                    .With(
                        "status.containerStatuses",
                        new JsonArray(
                            new JsonObject
                            {
                                ["name"] = "app",
                                ["ready"] = false,
                                ["restartCount"] = restarts,
                                ["state"] = state.DeepClone(),
                            }
                        )
                    )
            );

        public async Task<WaitFor.Watching.GateResult> InterruptAsync()
        {
            Gate.Interrupt();
            return await running;
        }

        public ValueTask DisposeAsync() => Gate.DisposeAsync();
    }
}
