using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>One cause of a shut gate: the gate is run with what <c>wait-for rbac</c> prints, then with what <c>wait-for rbac --report</c>
/// prints.</summary>
/// <param name="cluster">The cluster, with the namespace that the service account of the gate is in.</param>
/// <param name="name">The beginning of the golden files' names.</param>
/// <param name="targets">The targets and options for <c>rbac</c> and for the gate.</param>
/// <param name="golden">What is replaced before the comparison.</param>
internal sealed class Scenario(Cluster cluster, string name, string[] targets, Golden golden)
{
    public const string Account = "gate";

    /// <summary>A time-out that a gate reaches after it has seen everything: it starts, lists and judges in a tenth of a second.</summary>
    public static readonly string[] Short = ["--timeout", "2s"];

    private string _token = "";

    /// <summary>Makes the service account, and gives it what the wait needs, and nothing else.</summary>
    public async Task AllowWaitAsync()
    {
        _token = await cluster.TokenAsync(Account);
        await cluster.ApplyAsync(await cluster.PrintedAsync(Account, targets));
        await AllowEndpointsAsync();
    }

    /// <summary>Gives it what a full report needs as well, as a second apply would.</summary>
    public async Task AllowReportAsync() => await cluster.ApplyAsync(await cluster.PrintedAsync(Account, [.. targets, "--report"]));

    /// <summary>Runs the gate with both, one after the other.</summary>
    /// <param name="exitCode">How both end.</param>
    /// <param name="between">Sets the stage again for the second one; null where it stays as it is.</param>
    /// <returns>The report with all permissions, as it was written.</returns>
    public async Task<string> ShowAsync(int exitCode, Func<Task>? between = null)
    {
        await AllowWaitAsync();
        var least = await RunAsync(exitCode, "least");
        Assert.Contains("missing permission", least, StringComparison.Ordinal);
        await AllowReportAsync();
        if (between is not null)
            await between();
        var full = await RunAsync(exitCode, "full");
        Assert.DoesNotContain("not read:", full, StringComparison.Ordinal);
        return full;
    }

    /// <summary>Runs the gate with what is allowed now, and compares.</summary>
    public async Task<string> RunAsync(int exitCode, string rights)
    {
        await DateEventsAsync();
        var file = cluster.NewFile();
        await using var gate = cluster.GateWith(_token, [.. targets, .. Short, "--termination-log", file]);

        Assert.True(await gate.ExitAsync() == exitCode, gate.Log);
        var report = Golden.ReportOf(gate.Log);
        golden.Compare($"{name}-{rights}", report, cluster.KubernetesVersion);
        AssertMessage(file, report);
        return report;
    }

    /// <summary>The termination message begins with the headline, and what to do follows it at once: its end may be cut off.</summary>
    private static void AssertMessage(string file, string report)
    {
        var message = Golden.Message(file).Split('\n');
        Assert.Equal(report.Split('\n')[0], message[0]);
        if (report.Contains("\nWhat to do\n", StringComparison.Ordinal))
            Assert.Equal(["", "What to do"], message[1..3]);
        // It is the report itself, up to where it is cut.
        Assert.StartsWith(string.Join('\n', message), report, StringComparison.Ordinal);
    }

    /// <summary>Events are dated back, in their order, so that the column of their ages has one width however slow the machine is, and
    /// so that two of one second (the API's resolution) have an order.</summary>
    private async Task DateEventsAsync()
    {
        var events = (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/events"))!["items"]!
            .AsArray()
            .OrderBy(item => (string?)item!["lastTimestamp"], StringComparer.Ordinal)
            .ThenBy(item => long.Parse((string)item!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        for (var index = 0; index < events.Count; index++)
        {
            await cluster.Admin.PatchAsync(
                $"/api/v1/namespaces/{cluster.Namespace}/events/{events[index]!["metadata"]!["name"]}",
                new JsonObject { ["lastTimestamp"] = Golden.Now(TimeSpan.FromHours(9) + TimeSpan.FromSeconds(events.Count - index)) }
            );
        }
    }

    /// <summary>A server before 1.21 has no EndpointSlice v1: it takes one more round, with the Role that the gate prints then.</summary>
    private async Task AllowEndpointsAsync()
    {
        if (cluster.HasSuspend || !targets.Any(target => target.Contains("service", StringComparison.Ordinal)))
            return;
        await cluster.Admin.AllowAsync(cluster.Namespace, Account, new AccessRule("", ["endpoints"], ["list", "watch"]));
    }
}
