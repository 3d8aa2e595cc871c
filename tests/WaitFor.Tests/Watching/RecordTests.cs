using System.Text.Json.Nodes;
using WaitFor.CommandLine;
using WaitFor.Testing;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>--record: a Job that does not exist counts as complete where its completion record is.</summary>
public sealed class RecordTests
{
    private const string Words = "job/db --record migrations";

    [Fact]
    public async Task A_recorded_Job_that_does_not_exist_opens_the_gate()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "other", "db"));

        var result = await gate.RunAsync(Words);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("Met JobRecorded", result.Targets[0].Verdict.Short());
        Assert.Equal("job/db: not found, recorded as complete", gate.Lines.All[^1]);
        // The least right is enough: the one ConfigMap.
        Assert.All(gate.Server.Requests.Where(request => request.Resource == "configmaps"), request =>
            Assert.Equal("metadata.name=migrations", request.Query["fieldSelector"])
        );
    }

    [Theory]
    [InlineData("no ConfigMap")]
    [InlineData("another key")]
    [InlineData("no data")]
    [InlineData("a longer key")]
    [InlineData("another ConfigMap")]
    [InlineData("another namespace")]
    public async Task Without_its_record_it_waits(string state)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(
            ApiObjects.ConfigMaps(state == "another namespace" ? "infra" : "shop"),
            state switch
            {
                "another key" => ApiObjects.Record("migrations", "other"),
                "no data" => ApiObjects.Record("migrations").Without("data"),
                "a longer key" => ApiObjects.Record("migrations", "db-v2", "db.done", "DB"),
                "another namespace" => ApiObjects.Record("migrations", "db"),
                "another ConfigMap" => ApiObjects.Record("migrations2", "db"),
                _ => ApiObjects.Record("unrelated"),
            }
        );

        var result = await gate.EndAsync(Words);

        Assert.Equal(124, result.ExitCode);
        Assert.Equal("Pending Missing", result.Targets[0].Verdict.Short());
    }

    [Fact]
    public async Task A_record_that_is_written_while_waiting_opens_it()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var running = gate.RunAsync(Words);
        await gate.Lines.ContainsAsync("job/db: not found");
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "other"));
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "other", "db"));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_record_that_is_taken_back_closes_it_again()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "db"));
        var running = gate.RunAsync("job/db pod/cache --record migrations --timeout 20s");
        await gate.Lines.ContainsAsync("job/db: not found, recorded as complete");
        gate.Server.Objects.Delete(ApiObjects.ConfigMaps("shop"), "migrations");
        await gate.Lines.ContainsAsync("job/db: not found");
        gate.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(124, (await running).ExitCode);
    }

    [Theory]
    [InlineData("running", 124, "Pending JobRunning")]
    [InlineData("failed", 1, "Failed JobFailed")]
    [InlineData("suspended", 124, "Pending JobSuspended")]
    [InlineData("being deleted", 124, "Pending BeingDeleted")]
    [InlineData("complete", 0, "Met JobComplete")]
    public async Task While_the_Job_exists_it_decides_and_the_record_does_not(string state, int exitCode, string verdict)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "db"));
        gate.Server.Objects.Put(
            ApiObjects.Jobs("shop"),
            state switch
            {
                "failed" => ApiObjects.JobFailed("db"),
                "suspended" => ApiObjects.JobNew("db").With("spec.suspend", true),
                "being deleted" => ApiObjects.JobComplete("db").Deleting(),
                "complete" => ApiObjects.JobComplete("db"),
                _ => ApiObjects.JobRunning("db"),
            }
        );

        var result = await gate.EndAsync(Words);

        Assert.Equal((exitCode, verdict), (result.ExitCode, result.Targets[0].Verdict.Short()));
    }

    /// <summary>The record of the last release's Job of that name would open the gate.</summary>
    [Theory]
    [InlineData("--expect-label release=v42")]
    [InlineData("--expect-image shop:v42")]
    public void What_tells_releases_apart_and_a_record_exclude_each_other(string option) =>
        Assert.Equal(
            "--record and --expect-label or --expect-image cannot be combined: a record says only that a Job of that name completed once; "
                + "give the Job a name with its version, or leave the record out",
            Assert.Throws<UsageException>(() => new GateCommand($"{Words} {option}".Split(' '), _ => null).Read()).Message
        );

    [Fact]
    public async Task A_complete_Job_opens_it_before_the_record_was_read()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var silence = gate.Server.Always(request => request.Resource == "configmaps", Answers.Silence);

        Assert.Equal(0, (await gate.RunAsync(Words)).ExitCode);
    }

    [Theory]
    [InlineData("fail", "db", 0)]
    [InlineData("fail", "other", 4)]
    [InlineData("pass", "other", 0)]
    public async Task A_missing_Job_is_decided_only_when_the_record_was_read(string onMissing, string recorded, int exitCode)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", recorded));
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gate.Server.Next(
            request => request.Resource == "configmaps",
            async context =>
            {
                await release.Task;
                await gate.Server.Stored(context);
            }
        );
        var running = gate.RunAsync($"{Words} --on-missing {onMissing}");
        // The Jobs were listed, as they are watched.
        await gate.Server.ArrivedAsync(request => request is { Resource: "jobs", IsWatch: true }, 1);
        Assert.False(running.IsCompleted);
        release.SetResult();

        Assert.Equal(exitCode, (await running).ExitCode);
    }

    [Fact]
    public async Task A_denied_record_ends_the_gate_and_its_right_is_in_the_Role()
    {
        await using var gate = await GateHarness.StartAsync();
        using var denied = gate.Server.Always(
            request => request.Path.Contains("/configmaps", StringComparison.Ordinal),
            Answers.Status(
                403,
                "Forbidden",
                "configmaps \"migrations\" is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"configmaps\""
            )
        );

        var result = await gate.RunAsync(Words);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(15, gate.Time.Elapsed.TotalSeconds, 3);
        Assert.Contains(
            "- apiGroups: [\"\"]\n  resources: [configmaps]\n  resourceNames: [migrations]\n  verbs: [list, watch]\n",
            result.Roles,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_record_that_cannot_be_confirmed_opens_nothing()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations", "db"));
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gate.Server.Next(
            request => request is { Resource: "configmaps", IsWatch: true },
            async context =>
            {
                await lost.Task;
                context.Abort();
            }
        );
        var running = gate.RunAsync("job/db pod/cache --record migrations --timeout 1h");
        await gate.Lines.ContainsAsync("job/db: not found, recorded as complete");
        using var silence = gate.Server.Always(request => request is { Resource: "configmaps", IsWatch: false }, Answers.Silence);
        lost.SetResult();
        await gate.Lines.ContainsAsync("cannot be confirmed now");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true));
        await gate.Lines.ContainsAsync("pod/cache: ready");

        Assert.False(running.IsCompleted);
        gate.Interrupt();
        Assert.Equal("Pending Unconfirmed", (await running).Targets[0].Verdict.Short());
    }

    [Fact]
    public async Task A_record_that_is_no_map_of_texts_is_not_taken_for_one()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.ConfigMaps("shop"), ApiObjects.Record("migrations").With("data", new JsonArray("db")));
        var running = gate.RunAsync(Words);
        await gate.Lines.ContainsAsync("data is not Object but Array");

        Assert.False(running.IsCompleted);
        gate.Interrupt();
        Assert.Equal("Pending NotKnownYet", (await running).Targets[0].Verdict.Short());
    }
}
