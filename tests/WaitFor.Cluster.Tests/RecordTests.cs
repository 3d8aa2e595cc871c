using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>A Job that completed and is gone, as its ttlSecondsAfterFinished leaves it: the completion record speaks for it.</summary>
public sealed class RecordTests
{
    [ClusterFact]
    public async Task A_Job_that_was_removed_opens_by_its_record_and_without_it_the_report_names_the_option()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db-migrate-v42");
        await cluster.FinishPodAsync("db-migrate-v42", succeeded: true);
        await cluster.ConditionAsync("db-migrate-v42", "Complete");
        await cluster.EventAsync("db-migrate-v42", "Completed");
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/configmaps",
            Cluster.Parse(
                """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"migrations"},"data":{"db-migrate-v42":"2026-11-20T10:00:00Z"} }
                """
            )
        );
        await cluster.DeleteJobAsync("db-migrate-v42");
        await cluster.GoneAsync("db-migrate-v42");

        await using var recorded = cluster.Gate("job/db-migrate-v42 --record migrations --timeout 30s");
        await using var other = cluster.Gate("job/db-migrate-v43 --record migrations --timeout 2s");
        await using var unrecorded = cluster.Gate("job/db-migrate-v42 --timeout 2s");

        Assert.True(await recorded.ExitAsync() == 0, recorded.Log);
        Assert.Contains("record", recorded.Log, StringComparison.Ordinal);
        // The record of one Job says nothing about another.
        Assert.True(await other.ExitAsync() == 124, other.Log);
        Assert.True(await unrecorded.ExitAsync() == 124, unrecorded.Log);
        Assert.StartsWith("job/db-migrate-v42 ", Golden.ReportOf(unrecorded.Log), StringComparison.Ordinal);
        Assert.Contains(
            "not found; Job db-migrate-v42 completed and was removed, probably by its ttlSecondsAfterFinished\n",
            unrecorded.Log,
            StringComparison.Ordinal
        );
        Assert.Contains("--record NAME", unrecorded.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_record_opens_the_moment_that_it_is_written()
    {
        using var cluster = await Cluster.CreateAsync();
        await using var gate = cluster.Gate("job/db-migrate-v42 --record migrations");
        await gate.LogsAsync("job/db-migrate-v42: not found");
        var maps = $"/api/v1/namespaces/{cluster.Namespace}/configmaps";
        await cluster.Admin.PostAsync(maps, Cluster.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"migrations"} }"""));
        Assert.True(gate.Running);
        await cluster.Admin.PatchAsync($"{maps}/migrations", Cluster.Parse("""{"data":{"db-migrate-v42":""} }"""));

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
    }

    [ClusterFact]
    public async Task A_record_does_not_speak_for_a_Job_that_exists_and_failed()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db-migrate-v42");
        await cluster.FinishPodAsync("db-migrate-v42", succeeded: false);
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/configmaps",
            Cluster.Parse(
                """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"migrations"},"data":{"db-migrate-v42":""} }
                """
            )
        );

        await using var gate = cluster.Gate("job/db-migrate-v42 --record migrations");

        Assert.True(await gate.ExitAsync() == 1, gate.Log);
    }

    [ClusterAndPostgresFact]
    public async Task Migrate_writes_the_record_by_which_a_gate_opens_after_the_Jobs_TTL()
    {
        const string job = "db-migrate-v42";
        using var cluster = await Cluster.CreateAsync();
        await using var postgres = await PostgresServer.StartAsync();
        var url = await postgres.CreateDatabaseAsync();
        var scripts = Directory.CreateDirectory(cluster.NewFile()).FullName;
        await File.WriteAllTextAsync(Path.Combine(scripts, "V7__t.sql"), "CREATE TABLE t (id int);");
        // Just what migrate's documentation asks for.
        var token = await cluster.TokenAsync(
            "migrate",
            new AccessRule("", ["configmaps"], ["get", "patch"], ["migrations"]),
            new AccessRule("", ["configmaps"], ["create"])
        );
        // The first record creates the ConfigMap, the second is patched in.
        await cluster.CreateJobAsync(job, ttl: 1);
        foreach (var (name, version) in new[] { ("db-migrate-v41", "v41"), (job, "v42") })
        {
            await using var migrate = cluster.MigrateWith(
                token,
                $"up --release {version} --record migrations --locations {scripts}",
                ("DATABASE_URL", url),
                ("JOB_NAME", name)
            );
            Assert.True(await migrate.ExitAsync() == 0, migrate.Log);
        }

        var data = (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/configmaps/migrations"))!["data"]!.AsObject();
        Assert.Equal(["db-migrate-v41", job], data.Select(entry => entry.Key).Order());
        Assert.Equal(["v42", "7"], new[] { "release", "version" }.Select(field => (string?)JsonNode.Parse((string)data[job]!)![field]));

        await cluster.FinishPodAsync(job, succeeded: true);
        await cluster.EventAsync(job, "Completed");
        await cluster.GoneAsync(job);
        await using var recorded = cluster.Gate($"job/{job} --record migrations");
        await using var unrecorded = cluster.Gate($"job/{job} --timeout 2s");

        Assert.True(await recorded.ExitAsync() == 0, recorded.Log);
        Assert.Contains("record", recorded.Log, StringComparison.Ordinal);
        Assert.True(await unrecorded.ExitAsync() == 124, unrecorded.Log);
        Assert.StartsWith($"job/{job} ", Golden.ReportOf(unrecorded.Log), StringComparison.Ordinal);
        Assert.Contains(
            $"not found; Job {job} completed and was removed, probably by its ttlSecondsAfterFinished\n",
            unrecorded.Log,
            StringComparison.Ordinal
        );
        Assert.Contains("--record NAME", unrecorded.Log, StringComparison.Ordinal);
    }
}
