using WaitFor.Testing;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>What <c>migrate</c> tells of its progress, in the gate's line.</summary>
public sealed class ProgressLookTests
{
    [Theory]
    [InlineData("V43__fill.sql 42 %, about 6 min left", "job/db: running, 1 active of 1; V43__fill.sql 42 %, about 6 min left")]
    [InlineData("V43 4\n2 %\u001b[31m\u202e", "job/db: running, 1 active of 1; V43 4 2 % [31m")]
    [InlineData("", "job/db: running, 1 active of 1; pod db-1: runs")]
    [InlineData("\n", "job/db: running, 1 active of 1; pod db-1: runs")]
    [InlineData(null, "job/db: running, 1 active of 1; pod db-1: runs")]
    public async Task It_stands_in_the_line_of_a_running_Job(string? progress, string line)
    {
        await using var gate = await StartAsync(progress, ready: true);

        await gate.Lines.ContainsAsync(line);
    }

    [Fact]
    public async Task It_is_cut_where_it_is_long()
    {
        await using var gate = await StartAsync(new string('x', 5000), ready: true);

        await gate.Lines.ContainsAsync($"job/db: running, 1 active of 1; {new string('x', 120)}...");
        Assert.DoesNotContain(gate.Lines.All, text => text.Contains(new string('x', 121), StringComparison.Ordinal));
    }

    /// <summary>It may be that of a run that has ended.</summary>
    [Fact]
    public async Task A_pod_that_does_not_run_says_more_than_its_last_progress()
    {
        await using var gate = await StartAsync("V43__fill.sql 42 %", ready: false);

        await gate.Lines.ContainsAsync("job/db: running, 1 active of 1; pod db-1: ");
        Assert.DoesNotContain(gate.Lines.All, text => text.Contains("42 %", StringComparison.Ordinal));
    }

    private static async Task<GateHarness> StartAsync(string? progress, bool ready)
    {
        var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var pod = ApiObjects.Pod("db-1", ready, """{"job-name":"db"}""");
        if (progress is not null)
            pod["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["migrate.wait-for.dev/progress"] = progress };
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), pod);
        _ = gate.RunAsync("job/db --timeout 1h");
        await gate.WatchingAsync("job/db: running, 1 active of 1");
        gate.Time.Advance(TimeSpan.FromSeconds(70));
        return gate;
    }
}
