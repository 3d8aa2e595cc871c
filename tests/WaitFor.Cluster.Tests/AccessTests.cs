using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>RBAC and tokens as a real API server sees them.</summary>
public sealed class AccessTests
{
    private static readonly string[] ListWatch = ["list", "watch"];

    [ClusterFact]
    public async Task Without_a_Role_the_gate_ends_with_3_and_prints_the_Role()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("nobody");

        await using var gate = cluster.GateWith(token, ["job/db"]);

        Assert.Equal(3, await gate.ExitAsync());
        Assert.Contains($"User \"system:serviceaccount:{cluster.Namespace}:nobody\" cannot list resource \"jobs\" in API group \"batch\"", gate.Log, StringComparison.Ordinal);
        Assert.Contains("  resources: [jobs]\n  resourceNames: [db]\n  verbs: [list, watch]\n", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_Role_that_comes_a_moment_later_is_in_time()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("late");
        await using var gate = cluster.GateWith(token, ["job/db"]);
        await gate.LogsAsync("is forbidden");
        await cluster.Admin.AllowAsync(cluster.Namespace, "late", new AccessRule("batch", ["jobs"], ListWatch));
        await gate.LogsAsync("API server: answers again");
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_Role_for_the_one_Job_by_its_name_is_enough()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("scoped", new AccessRule("batch", ["jobs"], ListWatch, ["db"]));
        await using var gate = cluster.GateWith(token, ["job/db"]);
        await gate.LogsAsync("job/db: not found yet");
        await cluster.CreateJobAsync("db");
        await gate.LogsAsync("job/db: running");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_token_file_that_is_replaced_is_read_again()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("rotated", new AccessRule("batch", ["jobs"], ListWatch));
        await using var gate = cluster.GateWith("expired-token", ["job/db"]);
        await gate.LogsAsync("Unauthorized");
        await File.WriteAllTextAsync(cluster.TokenFile, token);
        await gate.LogsAsync("job/db: not found yet");
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
        Assert.DoesNotContain("expired-token", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_selector_that_the_server_refuses_is_told_with_its_message()
    {
        using var cluster = await Cluster.CreateAsync();

        // A whole number by its looks; that a label value has no minus sign is for the server to say.
        await using var gate = cluster.GateWith(cluster.AdminToken, ["pod", "-l", "n>-5"]);

        Assert.Equal(2, await gate.ExitAsync());
        Assert.Contains("pod:n>-5: the API server refuses the selector \"n>-5\": ", gate.Log, StringComparison.Ordinal);
        Assert.Contains("(HTTP 400); correct it", gate.Log, StringComparison.Ordinal);
    }
}
