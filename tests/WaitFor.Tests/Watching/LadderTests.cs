using WaitFor.Testing;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>A gate runs with the Role that exists: what it asks for, how it ends, and what it says.</summary>
public sealed class LadderTests
{
    private const string Denied = "denied";

    /// <summary>The target, what the Role allows, the requests up to the one that serves, and what is reported.</summary>
    public static TheoryData<string, string, string, string> Roles =>
        new()
        {
            { "job/web", "jobs=list,watch", "list jobs, watch jobs", "" },
            { "job/web", "jobs=get,list,watch", "list jobs, watch jobs", "" },
            { "job/web", "jobs=watch", "list jobs, version, watchlist jobs", "" },
            { "job/web", "jobs=list", "list jobs, watch jobs, list jobs", "cannot watch jobs" },
            { "job/web", "jobs=get,list", "list jobs, watch jobs, list jobs", "cannot watch jobs" },
            { "job/web", "jobs=get", "list jobs, version, watchlist jobs, get jobs, get jobs", "cannot list or watch jobs" },
            { "job/web", "pods=list,watch", "list jobs, version, watchlist jobs, get jobs", Denied },
            { "pod/web", "pods=get", "list pods, version, watchlist pods, get pods, get pods", "cannot list or watch pods" },
            { "pod/web", "pods=watch", "list pods, version, watchlist pods", "" },
            { "job:app=web", "jobs=list", "list jobs, watch jobs, list jobs", "cannot watch jobs" },
            { "job:app=web", "jobs=watch", "list jobs, version, watchlist jobs", "" },
            { "job:app=web", "jobs=get", "list jobs, version, watchlist jobs", Denied },
            { "pod:app=web", "pods=get,list", "list pods, watch pods, list pods", "cannot watch pods" },
            { "pod:app=web", "pods=get", "list pods, version, watchlist pods", Denied },
        };

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Met_at_once_is_met_on_each_rung(string target, string role, string requests, string said)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        Put(gate, target, met: true);

        var result = await gate.RunAsync($"{target} --timeout 10m");

        Assert.True(result.ExitCode == (said == Denied ? ExitCode.Access : ExitCode.Met), result.Message);
        // A list that says Met is enough; nothing more is asked, and nothing said.
        var asked = gate.Server.Requests.Select(FakeRole.Word).ToList();
        Assert.StartsWith(string.Join(", ", asked.Take(said == Denied ? 3 : asked.Count)), requests, StringComparison.Ordinal);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("cannot", StringComparison.Ordinal) && said != Denied);
        // A rung that is denied too never served.
        Assert.True(said != Denied || !result.Targets.Any(target => target.Shortfalls.Any()));
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("polling every", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Met_later_is_seen_on_each_rung(string target, string role, string requests, string said)
    {
        if (said == Denied)
            return;
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        var expected = requests.Split(", ");
        var running = gate.RunAsync($"{target} --timeout 0");
        await gate.Server.ArrivedAsync(_ => true, expected.Length);
        await gate.Lines.ContainsAsync(target.Contains('/', StringComparison.Ordinal) ? "not found" : "matches the selector");
        Put(gate, target, met: false);
        await gate.Lines.ContainsAsync(target.StartsWith("job", StringComparison.Ordinal) ? "active" : "ready");
        Put(gate, target, met: true);

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.Equal(expected, gate.Server.Requests.Select(FakeRole.Word).Take(expected.Length));
        AssertSaidOnce(gate, said);
    }

    [Theory]
    [InlineData("jobs=list,watch")]
    [InlineData("jobs=watch")]
    [InlineData("jobs=list")]
    [InlineData("jobs=get")]
    public async Task Failed_ends_the_gate_on_each_rung(string role)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        await gate.Lines.ContainsAsync("active");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("web"));

        Assert.Equal(ExitCode.Failed, (await running).ExitCode);
    }

    [Theory]
    [InlineData("jobs=list", "cannot watch jobs in namespace shop (permission missing): polling every 5s")]
    [InlineData("jobs=get", "cannot list or watch jobs in namespace shop (permission missing): polling every 5s")]
    public async Task The_missing_permission_is_the_first_hint_of_a_polled_target(string role, string fact)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));

        var result = await gate.RunAsync("job/web --timeout 10m");

        Assert.Equal(ExitCode.TimedOut, result.ExitCode);
        var hints = new WaitFor.Report.Diagnosis(result, await gate.CollectAsync(result)).Hints[0];
        Assert.Equal(("WatchMissing", fact), (hints[0].Rule, hints[0].Fact));
        Assert.Equal(
            "Add to the Role: {apiGroups: [\"batch\"], resources: [jobs], resourceNames: [web], verbs: [list, watch]}",
            hints[0].Action
        );
        // One poll every 5s, give or take a fifth; every minute one try of the rungs above.
        var polls = gate.Server.Requests.Count(request => FakeRole.Word(request) == (role == "jobs=get" ? "get jobs" : "list jobs"));
        Assert.InRange(polls, 95, 155);
        Assert.InRange(gate.Server.Requests.Count(request => request.IsWatch), 8, 11);
        AssertSaidOnce(gate, fact);
    }

    /// <summary>What the Role allows first, and then; the request that shows that the gate has noticed.</summary>
    public static TheoryData<string, string, string> Changes =>
        new()
        {
            { "jobs=get", "jobs=list", "list jobs" },
            { "jobs=get", "jobs=list,watch", "watch jobs" },
            { "jobs=get", "jobs=watch", "watchlist jobs" },
            { "jobs=list", "jobs=list,watch", "watch jobs" },
            { "jobs=list", "jobs=get", "get jobs" },
            { "jobs=list,watch", "jobs=list", "list jobs" },
            { "jobs=list,watch", "jobs=get", "get jobs" },
            { "jobs=watch", "jobs=get", "get jobs" },
            { "jobs=watch", "jobs=list", "list jobs" },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_Role_that_changes_during_the_wait_is_followed(string before, string after, string request)
    {
        await using var gate = await GateHarness.StartAsync();
        var role = new FakeRole(gate.Server, before);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        await gate.Lines.ContainsAsync("active");
        var seen = gate.Server.Requests.Count(one => FakeRole.Word(one) == request);
        role.Change(after);
        gate.Server.Objects.EndWatches();
        // The denied try of a rung looks the same: the second one has to be allowed.
        await gate.Server.ArrivedAsync(
            one => FakeRole.Word(one) == request,
            seen + 3 - (request.StartsWith("watch", StringComparison.Ordinal) ? 2 : 0)
        );
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));

        var result = await running;
        Assert.True(result.ExitCode == ExitCode.Met, result.Message);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("trying again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Role_that_is_taken_away_for_good_ends_with_the_Role_to_apply()
    {
        await using var gate = await GateHarness.StartAsync();
        var role = new FakeRole(gate.Server, "jobs=get");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        await gate.Lines.ContainsAsync("active");
        role.Change("pods=list");

        var result = await running;

        Assert.Equal(ExitCode.Access, result.ExitCode);
        Assert.Contains("cannot list resource", result.Message, StringComparison.Ordinal);
        Assert.Contains("verbs: [list, watch]", result.Roles, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_that_does_not_name_the_object_is_no_missing_object()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "jobs=get");
        gate.Server.Always(request => request.Resource == "web", Answers.Text(404, "404 page not found"));

        var result = await gate.RunAsync("job/web --timeout 10m --on-missing pass");

        Assert.Equal(ExitCode.Access, result.ExitCode);
    }

    [Fact]
    public async Task Too_many_requests_while_polling_waits_as_the_server_says()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "jobs=list");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        await gate.Lines.ContainsAsync("active");
        TimeSpan? refused = null;
        TimeSpan? back = null;
        using var script = gate.Server.Always(
            request => FakeRole.Word(request) == "list jobs",
            async context =>
            {
                if (refused is null)
                {
                    refused = gate.Time.Elapsed;
                    await Answers.Status(429, "TooManyRequests", "try again later", retryAfter: 17)(context);
                    return;
                }

                back ??= gate.Time.Elapsed;
                gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));
                await gate.Server.Stored(context);
            }
        );

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.True(back - refused >= TimeSpan.FromSeconds(17), $"back after {back - refused}");
    }

    [Fact]
    public async Task A_list_of_5000_pods_is_polled_in_pages()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "pods=list");
        for (var i = 0; i < 5000; i++)
            gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod($"web-{i}", ready: i > 0, """{"app":"web"}"""));
        var running = gate.RunAsync("pod:app=web --timeout 0");
        await gate.Server.ArrivedAsync(request => request.Query.ContainsKey("continue"), 15);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web-0", ready: true, """{"app":"web"}"""));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.All(gate.Server.Requests.Where(request => !request.IsWatch), request => Assert.Equal("500", request.Query["limit"]));
    }

    [Fact]
    public async Task A_polled_target_is_asked_again_before_another_one_opens_the_gate()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "pods=list; jobs=list,watch");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        var running = gate.RunAsync("pod/web job/db --timeout 0 --poll-interval 30s");
        await gate.Lines.ContainsAsync("pod/web: ready");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "watch jobs", 1);
        await gate.Lines.ContainsAsync("cannot watch pods");

        // Not ready any more, which the last poll could not see.
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: false));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        await gate.Lines.ContainsAsync("pod/web: running, not ready");
        Assert.False(running.IsCompleted);
        Assert.True(gate.Time.Elapsed < TimeSpan.FromSeconds(24), $"the next poll was due: {gate.Time.Elapsed}");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", ready: true));
        gate.Time.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
    }

    private static void Put(GateHarness gate, string target, bool met)
    {
        var labels = """{"app":"web"}""";
        if (target.StartsWith("job", StringComparison.Ordinal))
            gate.Server.Objects.Put(
                ApiObjects.Jobs("shop"),
                met ? ApiObjects.JobComplete("web", labels) : ApiObjects.JobRunning("web", labels)
            );
        else
            gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web", met, labels));
    }

    private static void AssertSaidOnce(GateHarness gate, string said)
    {
        var lines = gate.Lines.All.Where(line => line.StartsWith("cannot ", StringComparison.Ordinal)).ToList();
        if (said.Length == 0)
            Assert.Empty(lines);
        else
            Assert.StartsWith(said, Assert.Single(lines), StringComparison.Ordinal);
        Assert.DoesNotContain(gate.Lines.All, gate.IsFault);
    }
}
