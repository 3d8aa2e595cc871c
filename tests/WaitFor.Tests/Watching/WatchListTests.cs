using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching.Ladder;

namespace WaitFor.Tests.Watching;

/// <summary>A Role with <c>watch</c> alone, on servers that speak WatchList and on those that do not.</summary>
public sealed class WatchListTests
{
    private static string Recording(string file) => Path.Combine(AppContext.BaseDirectory, "Recordings", "watchlist", file);

    private static bool IsWatchList(SeenRequest request) => request.Query.ContainsKey("sendInitialEvents");

    [Fact]
    public async Task The_request_is_the_one_that_was_recorded()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "jobs=watch");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));

        Assert.Equal(ExitCode.Met, (await gate.RunAsync("job/web --timeout 10m")).ExitCode);

        var query = gate.Server.Requests.Single(IsWatchList).Query;
        Assert.Equal("true", query["sendInitialEvents"]);
        Assert.Equal("NotOlderThan", query["resourceVersionMatch"]);
        Assert.Equal("true", query["allowWatchBookmarks"]);
        Assert.Equal("metadata.name=web", query["fieldSelector"]);
        Assert.False(query.ContainsKey("resourceVersion"));
    }

    /// <summary>What the server sends before its silence, and whether the gate may believe it (the last one: that it is missing, which
    /// opens here).</summary>
    public static TheoryData<string, string[], bool> Beginnings =>
        new()
        {
            { "nothing", [], false },
            { "the object, without the bookmark (a server before 1.27)", [Complete], false },
            { "the object and an ordinary bookmark", [Complete, Ordinary], false },
            { "the bookmark with another value", [Complete, End.Replace("\"true\"", "\"false\"", StringComparison.Ordinal)], false },
            { "the object and the bookmark", [Complete, End], true },
            {
                "the object, deleted before the bookmark",
                [Complete, Complete.Replace("ADDED", "DELETED", StringComparison.Ordinal), End],
                true
            },
        };

    private static string Complete => Answers.Event("ADDED", ApiObjects.JobComplete("web").With("metadata.resourceVersion", "1001"));

    private static string End => Answers.InitialEventsEnd("Job", "1002");

    private static string Ordinary => End.Replace("initial-events-end", "another", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task Nothing_counts_before_the_bookmark_that_ends_the_beginning(string beginning, string[] lines, bool met)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        _ = new FakeRole(gate.Server, "jobs=watch");
        gate.Server.Always(IsWatchList, Answers.LinesThenSilence(lines));
        var running = gate.RunAsync("job/web --timeout 10m --on-missing pass");
        if (!met)
        {
            await gate.Server.ArrivedAsync(IsWatchList, 1);
            await gate.Time.TimerAsync(left => left == WatchList<Verdicts.State.JobState>.LongestSilence);
            Assert.False(running.IsCompleted, beginning);
            gate.Interrupt();
        }

        Assert.Equal(met ? ExitCode.Met : (int?)null, (await running).ExitCode);
    }

    /// <summary>What a real server sent, and the states that the gate says in turn.</summary>
    public static TheoryData<string, string, string[]> Recorded =>
        new()
        {
            { "200-jobs-existing", "job/web", ["job/web: suspended"] },
            { "200-jobs-existing-70s", "job/web", ["job/web: suspended"] },
            { "200-resourcenames-watch-verb-only", "job/web", ["job/web: suspended"] },
            { "200-jobs-missing", "job/missing", ["job/missing: not found", "job/missing: suspended"] },
            { "200-deployments-existing", "deployment/web", ["stable for 0s of 10m"] },
            { "200-deployments-missing", "deployment/missing", ["deployment/missing: not found"] },
        };

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task A_real_servers_stream_is_read_to_its_end(string recording, string target, string[] states)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        _ = new FakeRole(gate.Server, "jobs=watch; deployments=watch");
        var lines = File.ReadAllLines(Recording(recording + ".jsonl"));
        gate.Server.Always(IsWatchList, Answers.LinesThenSilence(lines));
        var running = gate.RunAsync($"{target} -n rec-watchlist --timeout 10m --stable-for 10m");
        var last = JsonNode.Parse(lines[^1])!["object"]!["metadata"]!["resourceVersion"];
        await gate.Trace.ContainsAsync($"at resourceVersion {last}");
        foreach (var state in states)
            await gate.Lines.ContainsAsync(state);
        gate.Interrupt();
        await running;

        Assert.DoesNotContain(gate.Lines.All, gate.IsFault);
        Assert.Single(gate.Server.Requests, IsWatchList);
    }

    /// <summary>How a server without WatchList answers.</summary>
    public static TheoryData<string, string?> Servers =>
        new()
        {
            { "refuses", null },
            { "is silent", null },
            { "is silent", "broken" },
            { "is old", """{"major":"1","minor":"20+"}""" },
        };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_server_without_it_is_asked_once_in_a_run(string server, string? version)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "jobs=get,watch; pods=get,watch");
        if (version is not null)
            gate.Server.Always(request => request.Path == "/version", Answers.Json(version));
        gate.Server.Always(
            IsWatchList,
            server == "refuses"
                ? Answers.Text(422, File.ReadAllText(Recording("422-off-jobs-existing.json")))
                : Answers.LinesThenSilence()
        );
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        if (server == "is silent")
        {
            await gate.Time.TimerAsync(left => left == WatchList<Verdicts.State.JobState>.LongestSilence);
            gate.Time.Advance(WatchList<Verdicts.State.JobState>.LongestSilence);
        }

        await gate.Lines.ContainsAsync("active");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "get jobs", 20);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.Equal(server == "is old" ? 0 : 1, gate.Server.Requests.Count(IsWatchList));
        Assert.Single(gate.Server.Requests, request => request.Path == "/version");
    }

    [Fact]
    public async Task After_its_ordinary_end_a_watch_goes_on_where_it_was()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "jobs=watch");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        var running = gate.RunAsync("job/web --timeout 0");
        await gate.Lines.ContainsAsync("active");
        gate.Server.Objects.EndWatches();
        await gate.Server.ArrivedAsync(request => request.IsWatch, 2);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("web"));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.Single(gate.Server.Requests, IsWatchList);
    }
}
