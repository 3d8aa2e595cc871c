using System.Text.Json.Nodes;

namespace WaitFor.Cluster.Tests;

/// <summary><c>--record-write</c>: the gate leaves the completion record of a Job that does not run migrate.</summary>
public sealed class RecordWriteTests
{
    private const string Job = "db-migrate-v42";
    private const string Words = $"job/{Job} --record migrations --record-write";

    [ClusterFact]
    public async Task Three_gates_leave_one_record_by_which_a_later_gate_is_ready_without_the_Job()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("gate");
        await cluster.ApplyAsync(await cluster.PrintedAsync("gate", [.. Words.Split(' ')]));
        await using var first = cluster.GateWith(token, Words.Split(' '));
        await using var second = cluster.GateWith(token, Words.Split(' '));
        await using var third = cluster.GateWith(token, Words.Split(' '));
        await cluster.CreateJobAsync(Job);
        foreach (var gate in new[] { first, second, third })
            await gate.LogsAsync($"job/{Job}: running");
        await cluster.FinishPodAsync(Job, succeeded: true);

        foreach (var gate in new[] { first, second, third })
        {
            Assert.True(await gate.ExitAsync() == 0, gate.Log);
            Assert.Contains($"completion record: ConfigMap {cluster.Namespace}/migrations has the key {Job}", gate.Log);
        }

        Assert.Equal([Job], (await DataAsync(cluster)).Select(entry => entry.Key));
        await cluster.DeleteJobAsync(Job);
        await cluster.GoneAsync(Job);
        await using var later = cluster.GateWith(token, ["job/" + Job, "--record", "migrations"]);
        Assert.True(await later.ExitAsync() == 0, later.Log);
    }

    [ClusterFact]
    public async Task The_first_writers_record_stays_and_the_twenty_newest_keys_with_it()
    {
        using var cluster = await Cluster.CreateAsync();
        var old = Enumerable.Range(1, 25).ToDictionary(i => $"old-{i:00}", i => $$"""{"time":"2026-01-{{i:00}}T00:00:00Z"}""");
        old["db-migrate-v41"] = """{"release":"v41","time":"2026-02-01T00:00:00Z"}""";
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/configmaps",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = "migrations" },
                ["data"] = new JsonObject(old.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            }
        );
        foreach (var name in new[] { "db-migrate-v41", Job })
        {
            await cluster.CreateJobAsync(name);
            await cluster.FinishPodAsync(name, succeeded: true);
        }

        await using var gate = cluster.Gate($"job/db-migrate-v41 job/{Job} --record migrations --record-write");

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
        var data = await DataAsync(cluster);
        Assert.Equal(20, data.Count);
        Assert.Equal(old["db-migrate-v41"], (string?)data["db-migrate-v41"]);
        Assert.True(data.ContainsKey(Job));
        Assert.True(data.ContainsKey("old-25"));
        Assert.False(data.ContainsKey("old-07"));
    }

    [ClusterFact]
    public async Task Without_the_permission_the_gate_is_ready_all_the_same_and_a_warning_names_it()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("gate");
        // What the wait itself needs, and no more.
        await cluster.ApplyAsync(await cluster.PrintedAsync("gate", "job/" + Job, "--record", "migrations"));
        await cluster.CreateJobAsync(Job);
        await cluster.FinishPodAsync(Job, succeeded: true);

        await using var gate = cluster.GateWith(token, Words.Split(' '));

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
        Assert.Contains("could not be written to ConfigMap", gate.Log);
        Assert.Contains("allow the verbs get, create and patch on the ConfigMap migrations", gate.Log);
    }

    [ClusterFact]
    public async Task A_Job_that_failed_leaves_no_record()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync(Job);
        await cluster.FinishPodAsync(Job, succeeded: false);

        await using var gate = cluster.Gate($"job-we/{Job} --record migrations --record-write");

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
        var maps = await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/configmaps");
        Assert.DoesNotContain(maps!["items"]!.AsArray(), map => (string?)map!["metadata"]!["name"] == "migrations");
    }

    private static async Task<JsonObject> DataAsync(Cluster cluster) =>
        (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/configmaps/migrations"))!["data"]!.AsObject();
}
