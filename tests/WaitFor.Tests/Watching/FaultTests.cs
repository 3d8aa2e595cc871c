using System.Text;
using WaitFor.Testing;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>One row per branch of <see cref="FaultPolicy"/>: what follows from each fault of an API server.</summary>
public sealed class FaultTests
{
    private static readonly Func<SeenRequest, bool> List = request => !request.IsWatch;
    private static readonly Func<SeenRequest, bool> Watch = request => request.IsWatch;

    private static readonly byte[] CompleteList = Encoding.UTF8.GetBytes(
        "{\"kind\":\"JobList\",\"apiVersion\":\"batch/v1\",\"metadata\":{\"resourceVersion\":\"1000\"},\"items\":["
            + ApiObjects.JobComplete("db").ToJsonString()
            + "]}"
    );

    private static readonly byte[] NotUtf8 =
    [
        .. "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Job\",\"metadata\":{\"resourceVersion\":\"7\",\"name\":\""u8,
        0xff,
        0xfe,
        .. "\"}}}\n"u8,
    ];

    /// <summary>Faults of a list that pass: name and answer.</summary>
    public static TheoryData<string, Answer> ListFaults =>
        new()
        {
            { "500", Answers.Status(500, "InternalError", "boom") },
            { "429 as plain text, with Retry-After", Answers.Text(429, "Too many requests, please try again later.", retryAfter: 1) },
            { "503 with Retry-After", Answers.Status(503, "ServiceUnavailable", "apiserver not ready", retryAfter: 1) },
            {
                "504 without a kind, as plain text",
                Answers.Text(
                    504,
                    """{"metadata":{},"status":"Failure","message":"Timeout: request did not """
                        + """complete within the allotted timeout","code":504}"""
                )
            },
            { "reset without an answer", Answers.Reset },
            { "cut within the body", Answers.Cut(CompleteList, CompleteList.Length - 1) },
            { "not JSON", Answers.Json("<html>login</html>") },
            { "JSON of another kind", Answers.Json("""{"kind":"Table","metadata":{"resourceVersion":"1"},"rows":[]}""") },
            { "a list of another kind", Answers.Json("""{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[]}""") },
            { "a list without items", Answers.Json("""{"kind":"JobList","metadata":{"resourceVersion":"1"}}""") },
            { "a list with items null", Answers.Json("""{"kind":"JobList","metadata":{"resourceVersion":"1"},"items":null}""") },
            { "a list without resourceVersion", Answers.Json("""{"kind":"JobList","metadata":{},"items":[]}""") },
            {
                "a list with a Job that cannot be read",
                Answers.Json(
                    """{"kind":"JobList","metadata":{"resourceVersion":"1"},"items":"""
                        + """[{"metadata":{"name":"db"},"status":{"conditions":"Complete"}}]}"""
                )
            },
            { "an empty object", Answers.Json("{}") },
            { "an empty body", Answers.Json("") },
            { "410 on a list", Answers.Status(410, "Expired", "The provided continue parameter is too old") },
            { "401 once", Answers.Status(401, "Unauthorized", "Unauthorized") },
            { "403 once", Answers.Status(403, "Forbidden", "jobs.batch is forbidden") },
            { "a redirection", Answers.Status(302, "Found", "elsewhere") },
        };

    [Theory]
    [MemberData(nameof(ListFaults))]
    public async Task A_fault_of_the_list_that_passes_is_waited_out_and_opens_nothing(string fault, Answer answer)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(List, answer);

        // Absent Jobs would open this gate: a failed list must not count as an empty one.
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));
        var result = await gate.RunAsync("job/db --on-missing pass");

        Assert.True(result.ExitCode == 1, fault);
        Assert.Equal(2, gate.Server.Requests.Count(List));
    }

    /// <summary>Faults of a watch: name, answer, and whether a new list has to follow.</summary>
    public static TheoryData<string, Answer, bool> WatchFaults =>
        new()
        {
            { "the ordinary end after a bookmark", Answers.Lines(Bookmark("1001")), false },
            { "the ordinary end without any event", Answers.Lines(), true },
            {
                "410 as an event",
                Answers.Lines(Answers.Event("ERROR", Answers.StatusObject(410, "Expired", "too old resource version: 1 (3894)"))),
                true
            },
            { "410 as HTTP", Answers.Status(410, "Expired", "too old"), true },
            {
                "500 as an event",
                Answers.Lines(Bookmark("1001"), Answers.Event("ERROR", Answers.StatusObject(500, "InternalError", "etcd"))),
                true
            },
            { "503 with Retry-After", Answers.Status(503, "ServiceUnavailable", "starting", retryAfter: 1), true },
            { "reset", Answers.Reset, true },
            { "a line that is cut", Answers.Cut(Encoding.UTF8.GetBytes(Bookmark("1001")), 20), true },
            { "a line that is no JSON", Answers.Lines("}{"), true },
            {
                "an event of an unknown type",
                Answers.Lines("""{"type":"RENAMED","object":{"kind":"Job","metadata":{"name":"db","resourceVersion":"1001"}}}"""),
                true
            },
            { "an event without object", Answers.Lines("""{"type":"ADDED"}"""), true },
            { "an event without resourceVersion", Answers.Lines(Answers.Event("ADDED", ApiObjects.JobComplete("db"))), true },
            {
                "an object of another kind",
                Answers.Lines("""{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"db","resourceVersion":"1001"}}}"""),
                true
            },
            {
                "a field of the wrong type",
                Answers.Lines(
                    """{"type":"ADDED","object":"""
                        + """{"kind":"Job","metadata":{"name":"db","resourceVersion":"1001"},"status":{"active":"one"}}}"""
                ),
                true
            },
            { "text that is not UTF-8", Answers.Bytes(NotUtf8), true },
            { "401 once", Answers.Status(401, "Unauthorized", "Unauthorized"), true },
            { "403 once", Answers.Status(403, "Forbidden", "jobs.batch is forbidden"), true },
        };

    [Theory]
    [MemberData(nameof(WatchFaults))]
    public async Task A_fault_of_the_watch_is_waited_out_and_no_event_is_lost(string fault, Answer answer, bool listsAgain)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        gate.Server.Next(Watch, async context =>
        {
            // The Job completes while nobody watches.
            gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
            await answer(context);
        });

        var result = await gate.RunAsync("job/db");

        Assert.True(result.ExitCode == 0, fault);
        Assert.Equal(listsAgain ? 2 : 1, gate.Server.Requests.Count(List));
        Assert.InRange(gate.Server.Requests.Count, 2, 4);
    }

    [Fact]
    public async Task What_changed_during_an_outage_is_listed_before_anything_counts_again()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("a", ready: true));
        gate.Server.Next(request => request.IsWatch && request.Query["fieldSelector"] == "metadata.name=a", Answers.Reset);
        gate.Server.Next(
            request =>
                !request.IsWatch && gate.Server.Requests.Any(seen => seen.IsWatch) && request.Query["fieldSelector"] == "metadata.name=a",
            async context =>
            {
                // While contact is lost, a gets unready before b gets ready: they are never ready together.
                gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("a", ready: false));
                gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("b", ready: true));
                await gate.Lines.ContainsAsync("pod/b: ready");
                context.Abort();
            }
        );
        var running = gate.RunAsync("pod/a pod/b --timeout 1h");
        await gate.Lines.ContainsAsync("pod/b: ready");
        await gate.Lines.ContainsAsync("pod/a: running, not ready");

        gate.Interrupt();

        Assert.Null((await running).ExitCode);
    }

    [Fact]
    public async Task A_watch_from_a_version_of_the_future_is_silent_and_followed_by_a_list()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        gate.Server.Next(List, Answers.Json("""{"kind":"JobList","metadata":{"resourceVersion":"999999999"},"items":[]}"""));
        gate.Server.Next(Watch, Answers.LinesThenSilence());
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Server.ArrivedAsync(Watch, 1);
        await gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(150));
        gate.Time.Advance(TimeSpan.FromSeconds(150));
        await gate.Time.TimerAsync(left => left < TimeSpan.FromSeconds(1));
        gate.Time.Advance(TimeSpan.FromSeconds(1));
        await gate.Lines.ContainsAsync("job/db: running");

        gate.Interrupt();
        await running;
    }

    [Fact]
    public async Task The_next_watch_begins_after_the_last_event_or_bookmark()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        gate.Server.Next(Watch, Answers.Lines(Bookmark("1500")), Answers.LinesThenSilence());
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Server.ArrivedAsync(Watch, 2);

        gate.Interrupt();
        await running;

        Assert.Equal(["1001", "1500"], gate.Server.Requests.Where(Watch).Select(request => request.Query["resourceVersion"]));
    }

    [Fact]
    public async Task Another_Job_that_a_server_sends_all_the_same_is_not_the_one_that_was_asked_for()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(List, Answers.Json(Encoding.UTF8.GetString(CompleteList)));
        gate.Server.Next(
            Watch,
            Answers.LinesThenSilence(
                Answers.Event(
                    "ADDED",
                    (System.Text.Json.Nodes.JsonObject)
                        System.Text.Json.Nodes.JsonNode.Parse(
                            ApiObjects
                                .JobComplete("db")
                                .ToJsonString()
                                .Replace("\"name\":\"db\"", "\"name\":\"db\",\"resourceVersion\":\"1001\"", StringComparison.Ordinal)
                        )!
                )
            )
        );
        var running = gate.RunAsync("job/other");
        await gate.Lines.ContainsAsync("job/other: not found");
        await gate.Server.ArrivedAsync(Watch, 1);

        gate.Interrupt();

        Assert.Equal("interrupted: job/other: not found (namespace shop)", (await running).Message);
    }

    [Fact]
    public async Task A_list_of_many_pages_counts_only_when_the_last_page_has_arrived()
    {
        await using var gate = await GateHarness.StartAsync();
        for (var i = 0; i < 1201; i++)
            gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod($"web-{i}", ready: i != 1200));
        gate.Server.Next(
            request => request.Query.GetValueOrDefault("continue") == "500",
            Answers.Status(410, "Expired", "The provided continue parameter is too old")
        );
        var running = gate.RunAsync("pod:!canary");
        gate.Server.Next(Watch, Answers.Silence);
        await gate.Lines.ContainsAsync("1200 of 1201 pods ready; web-1200: running, not ready");

        gate.Interrupt();
        await running;

        Assert.Equal(
            [null, "500", null, "500", "1000"],
            gate.Server.Requests.Where(List).Select(request => request.Query.GetValueOrDefault("continue"))
        );
    }

    [Fact]
    public async Task Without_EndpointSlices_the_Endpoints_decide()
    {
        await using var gate = await GateHarness.StartAsync();
        using var none = gate.Server.Always(request => request.Resource == "endpointslices", Answers.Text(404, "404 page not found"));
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis"));
        gate.Server.Objects.Put(
            ApiObjects.Endpoints("shop"),
            (System.Text.Json.Nodes.JsonObject)
                System.Text.Json.Nodes.JsonNode.Parse(
                    """{"kind":"Endpoints","metadata":{"name":"redis"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]}"""
                )!
        );

        var result = await gate.RunAsync("service/redis");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("404", StringComparison.Ordinal));
    }

    /// <summary>Where the answer stops, and the silence that is allowed there.</summary>
    [Theory]
    [InlineData("head of a list", 30)]
    [InlineData("body of a list", 30)]
    [InlineData("head of a watch", 30)]
    [InlineData("a watch", 150)]
    public async Task Silence_is_cut_and_tried_again(string where, int seconds)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        gate.Server.Next(
            where.EndsWith("watch", StringComparison.Ordinal) ? Watch : List,
            where switch
            {
                "body of a list" => Answers.Stall(CompleteList, 40),
                "a watch" => Answers.LinesThenSilence(),
                _ => Answers.Silence,
            }
        );
        // The time that is allowed begins three times: with the request, with the answer's head and with its first bytes.
        var begun = 0;
        var atBody = gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(seconds) && ++begun == 3);
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Server.ArrivedAsync(_ => true, where.EndsWith("watch", StringComparison.Ordinal) ? 2 : 1);
        await (where == "body of a list" ? atBody : gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(seconds)));

        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.Time.Advance(TimeSpan.FromSeconds(seconds));
        await gate.Lines.ContainsAsync("sent nothing for too long");
        await gate.Time.TimerAsync(left => left < TimeSpan.FromSeconds(1));
        gate.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_confirmed_does_not_open_the_gate()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("cache", ready: true));
        gate.Server.Next(request => request is { IsWatch: true, Resource: "pods" }, Answers.Reset);
        var lost = gate.Server.Always(
            request => request.Resource == "pods" && gate.Server.Requests.Count(seen => seen.Resource == "pods") > 1,
            Answers.Silence
        );
        var running = gate.RunAsync("pod/cache job/db");
        await gate.Lines.ContainsAsync("pod/cache: was met (ready), cannot be confirmed now");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        await gate.Lines.ContainsAsync("job/db: complete");
        Assert.False(running.IsCompleted);

        lost.Dispose();
        gate.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_gate_that_times_out_without_contact_says_that_its_state_is_an_old_one()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        using var gone = gate.Server.Always(_ => gate.Server.Requests.Count > 1, Answers.Status(503, "ServiceUnavailable", "etcd is gone"));

        var result = await gate.RunAsync("job/db --timeout 1m");

        Assert.Equal(124, result.ExitCode);
        Assert.Equal(
            "timed out after 1m: job/db: running, 1 active of 1 (last known state, it cannot be confirmed: etcd is gone (HTTP 503))",
            result.Message
        );
    }

    [Fact]
    public async Task After_a_healthy_watch_the_pauses_are_short_again()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(Watch, [.. Enumerable.Repeat(Answers.Reset, 7)]);
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Server.ArrivedAsync(Watch, 8);
        // The stretch is measured from when the watch is read on, which its first event proves.
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobNew("db"));
        await gate.Lines.ContainsAsync("job/db: not started");
        gate.Time.Advance(Backoff.HealthyStretch);
        var before = gate.Time.Elapsed;

        gate.Server.Objects.EndWatches();
        await gate.Server.ArrivedAsync(Watch, 9);

        Assert.InRange((gate.Time.Elapsed - before).TotalSeconds, 0, 0.1);
        gate.Interrupt();
        await running;
    }

    [Fact]
    public void Pauses_are_random_double_up_to_10_seconds_and_start_anew_after_a_healthy_stretch()
    {
        var backoff = new Backoff(new Highest());

        Assert.Equal(
            [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10],
            Enumerable.Range(0, 10).Select(_ => Math.Round(backoff.Next(null).TotalSeconds, 3))
        );
        Assert.Equal(40, backoff.Next(TimeSpan.FromSeconds(30)).TotalSeconds, 3);
        Assert.Equal(610, backoff.Next(TimeSpan.FromDays(1)).TotalSeconds, 3);
        backoff.Reset();
        Assert.Equal(0.1, backoff.Next(null).TotalSeconds, 3);
    }

    private static string Bookmark(string version) =>
        $$$"""{"type":"BOOKMARK","object":{"kind":"Job","apiVersion":"batch/v1","metadata":"""
        + $$$"""{"resourceVersion":"{{{version}}}"},"spec":{"template":{"spec":{"containers":null} } },"status":{} } }""";

    /// <summary>Always the longest pause.</summary>
    private sealed class Highest : Random
    {
        public override double NextDouble() => 1;
    }
}
