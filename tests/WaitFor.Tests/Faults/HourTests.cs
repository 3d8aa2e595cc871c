using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using Xunit.Abstractions;

namespace WaitFor.Tests.Faults;

/// <summary>An hour in which nothing happens: what it costs the API server, the log, and the memory.</summary>
[Collection(Alone.Name)]
public sealed class HourTests(ITestOutputHelper output)
{
    private static readonly Func<SeenRequest, bool> Watch = request => request.IsWatch;

    /// <summary>The target, how many collections it is made of, and how many looks at the pods of a running Job are allowed.</summary>
    [Theory]
    [InlineData("job", 1, 60)]
    [InlineData("pods", 1, 0)]
    [InlineData("its slices", 2, 0)]
    public async Task An_hour_of_waiting_costs_a_watch_every_five_to_ten_minutes_a_line_a_minute_and_no_memory(
        string name,
        int collections,
        int mostLooks
    )
    {
        var subject = Subject.All.Single(subject => subject.Name == name);
        await using var gate = await GateHarness.StartAsync();
        subject.Announce(gate.Server);
        subject.Prepare(gate.Server.Objects);
        subject.Unmeet(gate.Server.Objects);
        var opened = Channel.CreateUnbounded<OpenWatch>();
        using var serving = gate.Server.Always(Watch, async context =>
        {
            await Answers.BeginAsync(context, 200, "application/json");
            var watch = new OpenWatch(context, gate.Time.Elapsed);
            await opened.Writer.WriteAsync(watch);
            await watch.Ended.Task.WaitAsync(context.RequestAborted);
        });
        var running = gate.RunAsync($"{subject.Argument} --timeout 0");
        await gate.Lines.ContainsAsync(subject.UnmetLine);

        var watches = new List<OpenWatch>();
        for (var i = 0; i < collections; i++)
            watches.Add(await opened.Reader.ReadAsync());
        var early = 0L;
        foreach (var watch in watches)
            await BookmarkAsync(gate, watch);
        for (var minute = 1; minute <= 60; minute++)
        {
            gate.Time.Advance(TimeSpan.FromMinutes(1) - (gate.Time.Elapsed - TimeSpan.FromMinutes(minute - 1)));
            for (var i = 0; i < collections; i++)
            {
                await BookmarkAsync(gate, watches[i]);
                if (!watches[i].IsOver(gate.Time.Elapsed))
                    continue;
                watches[i].Ended.SetResult();
                watches[i] = await opened.Reader.ReadAsync();
                // The client has to have it before the clock moves on.
                await BookmarkAsync(gate, watches[i]);
            }

            if (minute == 10)
                early = GC.GetTotalMemory(forceFullCollection: true);
        }

        await gate.Lines.ContainsAsync("still waiting after 60m");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - early;
        gate.Interrupt();
        await running;

        var looks = gate.Server.Requests.Count(request => name == "job" && request.Resource == "pods");
        var (lists, watched, lines) = (
            gate.Server.Requests.Count(request => !request.IsWatch) - looks,
            gate.Server.Requests.Count(Watch),
            gate.Lines.All.Count
        );
        output.WriteLine(
            $"{name}: {lists} lists, {watched} watches, {looks} looks at the pods, {lines} lines, {grown / 1024} KiB more memory after an "
                + "hour than after ten minutes"
        );
        Assert.Equal(collections, lists);
        Assert.InRange(looks, 0, mostLooks);
        // The first one, and one each time that 5 to 10 minutes have passed; what ends within a minute is seen at its end.
        Assert.InRange(watched, collections * 6, collections * 13);
        // One a minute, and the state at first.
        Assert.InRange(lines, 60, 61);
        // What grows is the test's own: the requests and lines that it keeps.
        Assert.InRange(grown, long.MinValue, 512 * 1024);
    }

    /// <summary>The target, what the Role allows, the request of a poll, and the pages of each.</summary>
    [Theory]
    [InlineData("job/web", "jobs=get", "get jobs", 1)]
    [InlineData("pod:app=web", "pods=list", "list pods", 2)]
    public async Task An_hour_of_polling_costs_a_poll_each_interval_a_line_a_minute_and_no_memory(
        string target,
        string role,
        string poll,
        int pages
    )
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        if (poll == "get jobs")
            gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("web"));
        for (var i = 0; i < 600; i++)
            gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod($"web-{i}", ready: i > 0, """{"app":"web"}"""));
        var (early, late) = (0L, 0L);
        gate.Lines.Written = line =>
        {
            if (line.StartsWith("still waiting after 10m:", StringComparison.Ordinal))
                early = GC.GetTotalMemory(forceFullCollection: true);
            if (line.StartsWith("still waiting after 59m:", StringComparison.Ordinal))
                late = GC.GetTotalMemory(forceFullCollection: true);
        };

        var result = await gate.RunAsync($"{target} --timeout 1h --poll-interval 15s");

        Assert.Equal(124, result.ExitCode);
        var polls = gate.Server.Requests.Count(request => FakeRole.Word(request) == poll);
        output.WriteLine($"{target}: {polls} requests, {(late - early) / 1024} KiB more memory after an hour than after ten minutes");
        // Every 12 to 18 s, and once a minute a try of the rungs above.
        Assert.InRange(polls, 200 * pages, 370 * pages);
        Assert.InRange(gate.Server.Requests.Count - polls, 0, 3 * 62);
        Assert.InRange(gate.Lines.All.Count, 60, 63);
        Assert.True(early > 0);
        // The requests and lines that the test keeps; one poll's pods that were kept would be hundreds of KiB.
        Assert.InRange(late - early, long.MinValue, 3 * 1024 * gate.Server.Requests.Count);
    }

    /// <summary>Sends a bookmark, and waits until the client has read it.</summary>
    private static async Task BookmarkAsync(GateHarness gate, OpenWatch watch)
    {
        var version = 2000 + gate.Trace.All.Count;
        var kind = watch.Path.Split('/')[^1] switch
        {
            "jobs" => "Job",
            "pods" => "Pod",
            "services" => "Service",
            _ => "EndpointSlice",
        };
        await Answers.WriteAsync(
            watch.Context,
            $$$"""{"type":"BOOKMARK","object":{"kind":"{{{kind}}}","metadata":{"resourceVersion":"{{{version}}}"} } }""" + "\n"
        );
        await gate.Trace.ContainsAsync($"Bookmark at resourceVersion {version}");
    }

    private sealed record OpenWatch(HttpContext Context, TimeSpan Since)
    {
        public string Path { get; } = Context.Request.Path;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private TimeSpan Timeout { get; } =
            TimeSpan.FromSeconds(int.Parse(Context.Request.Query["timeoutSeconds"].ToString(), CultureInfo.InvariantCulture));

        /// <summary>Whether the time is over that the client has set: 5 to 10 minutes.</summary>
        public bool IsOver(TimeSpan now)
        {
            Assert.InRange(Timeout.TotalMinutes, 5, 10);
            return now - Since >= Timeout;
        }
    }
}
