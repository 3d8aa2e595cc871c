using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Faults;

/// <summary>What is no fault, or only one of the course of things: pages, packing, bookmarks, events twice or too late.</summary>
public sealed class CourseTests
{
    private static readonly Func<SeenRequest, bool> List = request => !request.IsWatch;
    private static readonly Func<SeenRequest, bool> Watch = request => request.IsWatch;

    public static TheoryData<string> Subjects => [.. Subject.All.Select(subject => subject.Name)];

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task Events_that_come_twice_count_once(string name)
    {
        var subject = Subject.All.Single(subject => subject.Name == name);
        await using var gate = await StartAsync(subject);
        using var twice = gate.Server.Always(Watch, async context =>
        {
            context.Response.Body = new Rewriting(context.Response.Body, line => line + line);
            await gate.Server.Objects.ServeAsync(context, Seen(context));
        });
        var running = gate.RunAsync($"{subject.Argument} job/latch --timeout 0");
        await gate.Server.ArrivedAsync(Watch, subject.Others + 1);
        subject.Unmeet(gate.Server.Objects);
        await gate.Lines.ContainsAsync(subject.UnmetLine);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("latch"));
        await gate.Lines.ContainsAsync("job/latch: complete");
        Assert.False(running.IsCompleted);

        subject.Meet(gate.Server.Objects);

        Assert.Equal(0, (await running).ExitCode);
        Assert.Equal(subject.Others + 1, gate.Server.Requests.Count(Watch));
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task An_event_that_is_older_than_what_is_known_opens_nothing(string name)
    {
        var subject = Subject.All.Single(subject => subject.Name == name);
        await using var gate = await StartAsync(subject);
        subject.Unmeet(gate.Server.Objects);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("latch"));
        // The first watch begins with what was true before the list, as a server may that lags behind the one before it.
        gate.Server.Next(request => Watch(request) && subject.IsAskedFor(request), Answers.LinesThenSilence(subject.MetEvent("900")));

        var running = gate.RunAsync($"{subject.Argument} job/latch --timeout 0");
        await gate.Lines.ContainsAsync("sent 900, which is older");
        // The next list tells what is true.
        await gate.Server.ArrivedAsync(request => Watch(request) && subject.IsAskedFor(request), 2);
        await gate.Lines.ContainsAsync("job/latch: complete");
        Assert.False(running.IsCompleted);
        subject.Meet(gate.Server.Objects);

        Assert.Equal(0, (await running).ExitCode);
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task Bookmarks_alone_keep_a_watch_alive_for_hours(string name)
    {
        var subject = Subject.All.Single(subject => subject.Name == name);
        await using var gate = await StartAsync(subject, jump: false);
        subject.Unmeet(gate.Server.Objects);
        var stream = new TaskCompletionSource<HttpContext>();
        gate.Server.Next(
            request => Watch(request) && subject.IsAskedFor(request),
            async context =>
            {
                await Answers.BeginAsync(context, 200, "application/json");
                stream.SetResult(context);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
        var running = gate.RunAsync($"{subject.Argument} --timeout 0");
        var context = await stream.Task;
        for (var minute = 1; minute <= 180; minute++)
        {
            await Answers.WriteAsync(context, subject.Bookmark($"{2000 + minute}") + "\n");
            await gate.Trace.ContainsAsync($"Bookmark at resourceVersion {2000 + minute}");
            gate.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Single(gate.Server.Requests, request => Watch(request) && subject.IsAskedFor(request));
        gate.Interrupt();
        await running;
    }

    /// <summary>How many bytes at the end are missing.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 2)]
    [InlineData(100, 2)]
    public async Task A_packed_list_counts_when_it_is_whole(int missing, int lists)
    {
        await using var gate = await GateHarness.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Subject.All[0].MetList("1000")));
        gate.Server.Next(List, async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await Answers.Bytes(packed.ToArray()[..^missing])(context);
        });
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));

        var result = await gate.RunAsync("job/db");

        Assert.Equal(missing == 0 ? 0 : 1, result.ExitCode);
        Assert.Equal(lists, gate.Server.Requests.Count(List));
    }

    /// <summary>What the server offers, and how the gate ends: it speaks HTTP/1.1, which every API server does.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1, 0)]
    [InlineData(HttpProtocols.Http1AndHttp2, 0)]
    [InlineData(HttpProtocols.Http2, 124)]
    public async Task The_gate_needs_a_server_that_speaks_http_1(HttpProtocols offered, int exitCode)
    {
        await using var gate = await GateHarness.StartAsync(protocols: offered);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(exitCode, (await gate.RunAsync("job/db --timeout 1m")).ExitCode);
    }

    /// <summary>What strikes the seventh page, and how many pages are read in all.</summary>
    public static TheoryData<string, Answer?, int> Pages =>
        new()
        {
            { "nothing", null, 10 },
            { "an expired token", Answers.Status(410, "Expired", "The provided continue parameter is too old"), 17 },
            { "a reset", Answers.Reset, 17 },
            {
                "a page without its end",
                Answers.Bytes("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":["u8.ToArray()),
                17
            },
            {
                "an empty last page of another kind",
                Answers.Json("""{"kind":"JobList","metadata":{"resourceVersion":"9"},"items":[]}"""),
                17
            },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Five_thousand_pods_count_when_all_their_pages_have_arrived(string fault, Answer? answer, int pages)
    {
        await using var gate = await GateHarness.StartAsync();
        // All are ready, but for one on the last page.
        for (var i = 0; i < 5_000; i++)
            gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod($"web-{i:D4}", ready: i != 4_999, """{"app":"web"}"""));
        if (answer is not null)
            gate.Server.Next(request => request.Query.GetValueOrDefault("continue") == "3000", answer);
        var running = gate.RunAsync("pod:app=web --timeout 0");
        await gate.Lines.ContainsAsync("pod:app=web: ");

        Assert.Equal(pages, gate.Server.Requests.Count(List));
        Assert.Contains("pod:app=web: 4999 of 5000 pods ready; web-4999: running, not ready", gate.Lines.All);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web-4999", ready: true, """{"app":"web"}"""));
        Assert.True((await running).ExitCode == 0, fault);
    }

    private static async Task<GateHarness> StartAsync(Subject subject, bool jump = true)
    {
        var gate = await GateHarness.StartAsync(jump);
        subject.Announce(gate.Server);
        subject.Prepare(gate.Server.Objects);
        subject.Meet(gate.Server.Objects);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("latch"));
        return gate;
    }

    private static SeenRequest Seen(HttpContext context) =>
        new(
            context.Request.Path.Value!,
            context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            "",
            ""
        );

    /// <summary>Writes something else in place of each line; a line comes in one piece.</summary>
    private sealed class Rewriting(Stream body, Func<string, string> rewrite) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await body.WriteAsync(Encoding.UTF8.GetBytes(rewrite(Encoding.UTF8.GetString(buffer.Span))), cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);
    }
}
