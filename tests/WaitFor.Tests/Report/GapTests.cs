using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>What cannot be read is one line; the rest is shown, and the end of the gate stays as it was.</summary>
public sealed class GapTests
{
    private const string Failed = "rec-job-failed-backoff0";

    /// <summary>How the same server refuses another resource.</summary>
    private static Answer Denied(string resource) =>
        context =>
        {
            var message = (string)JsonNode.Parse(Recording.Error("403-pods-list"))!["message"]!;
            if (resource == "pods/log")
            {
                // pods "NAME" is forbidden: User "..." cannot get resource "pods/log" in API group "" in the namespace "..."
                var pod = context.Request.Path.Value!.Split('/')[^2];
                message = message
                    .Replace("pods is forbidden", $"pods \"{pod}\" is forbidden", StringComparison.Ordinal)
                    .Replace("cannot list resource \"pods\"", "cannot get resource \"pods/log\"", StringComparison.Ordinal);
                Assert.Contains($"pods \"{pod}\" is forbidden: User ", message, StringComparison.Ordinal);
                Assert.Contains("cannot get resource \"pods/log\" in", message, StringComparison.Ordinal);
                return Answers.Status(403, "Forbidden", message)(context);
            }

            return Answers.Status(403, "Forbidden", message.Replace("pods", resource, StringComparison.Ordinal))(context);
        };

    public static TheoryData<string, string, string, string> Denials =>
        new()
        {
            { "pods", $"pods in namespace {Failed}", $"list pods in namespace {Failed}", "pods: 0 of ?, log: 0, events: 2" },
            { "events", $"events in namespace {Failed}", $"list events in namespace {Failed}", "pods: 1 of 1, log: 1, events: 0" },
            { "log", $"logs of pods in namespace {Failed}", $"get pods/log in namespace {Failed}", "pods: 1 of 1, log: 0, events: 6" },
        };

    [Theory]
    [MemberData(nameof(Denials))]
    public async Task A_refusal_is_one_gap_that_names_the_permission_and_the_rest_is_shown(
        string resource,
        string what,
        string permission,
        string rest
    )
    {
        await using var gate = await FailedAsync();
        using var denied = gate.Server.Always(
            request => request.Resource == resource,
            resource == "pods" ? Answers.Text(403, Recording.Error("403-pods-list")) : Denied(resource == "log" ? "pods/log" : resource)
        );
        gate.Server.Log(Answers.Text(200, "lock timeout"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");

        var facts = await gate.CollectAsync(result);

        var gap = Assert.Single(facts.Gaps);
        Assert.Equal((what, permission), (gap.What, gap.Permission));
        Assert.EndsWith(" (HTTP 403)", gap.Reason, StringComparison.Ordinal);
        Assert.Equal(rest, Found(facts.Targets[0]));
        AssertUnchanged(result.Targets[0], facts.Targets[0]);
        Assert.Equal(1, result.ExitCode);
    }

    /// <summary>The server names the pod; the permission is one.</summary>
    [Fact]
    public async Task Logs_of_several_pods_are_one_gap()
    {
        await using var gate = await FailedAsync();
        gate.Server.Objects.Put(
            ApiObjects.Pods(Failed),
            Recording.End("job-failed-backoff0", "pods").With("kind", "Pod").Named("migrate-other")
        );
        using var denied = gate.Server.Always(request => request.Resource == "log", Denied("pods/log"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");

        var facts = await gate.CollectAsync(result);

        Assert.Equal(2, gate.Server.Requests.Count(request => request.Resource == "log"));
        Assert.Equal($"get pods/log in namespace {Failed}", Assert.Single(facts.Gaps).Permission);
    }

    [Fact]
    public async Task A_report_without_any_permission_has_the_verdict_and_a_gap_for_each()
    {
        await using var gate = await FailedAsync();
        var result = await gate.EndAsync($"job/migrate -n {Failed}");
        using var denied = gate.Server.Always(_ => true, Denied("things"));

        var facts = await gate.CollectAsync(result);

        Assert.Equal(
            [$"list events in namespace {Failed}", $"list pods in namespace {Failed}"],
            facts.Gaps.Select(gap => gap.Permission).Order(StringComparer.Ordinal)
        );
        AssertUnchanged(result.Targets[0], facts.Targets[0]);
        Assert.Equal("pods: 0 of ?, log: 0, events: 0", Found(facts.Targets[0]));
    }

    [Fact]
    public async Task The_neighbours_of_a_missing_target_may_be_hidden()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var result = await gate.EndAsync("job/db");
        using var denied = gate.Server.Always(request => request.Resource == "jobs", Denied("jobs"));

        var facts = await gate.CollectAsync(result);

        // That the whole cluster may not be looked through is nothing to be told: hardly anybody may.
        Assert.Equal(["list jobs in namespace shop"], facts.Gaps.Select(gap => gap.Permission));
        AssertUnchanged(result.Targets[0], facts.Targets[0]);
    }

    [Fact]
    public async Task A_target_that_cannot_be_read_itself_is_not_looked_around()
    {
        await using var gate = await GateHarness.StartAsync();
        using var denied = gate.Server.Always(_ => true, Denied("jobs"));
        var result = await gate.RunAsync("job/db");
        var before = gate.Server.Requests.Count(IsList);

        var facts = await gate.CollectAsync(result);

        Assert.Empty(facts.Gaps);
        Assert.Equal(before, gate.Server.Requests.Count(IsList));
    }

    public static TheoryData<string, string, string> Hanging =>
        new()
        {
            { "job events", $"events in namespace {Failed}", "pods: 1 of 1, log: 1, events: 4" },
            { "pods", $"pods in namespace {Failed}", "pods: 0 of ?, log: 0, events: 2" },
            { "pod events", $"events in namespace {Failed}", "pods: 1 of 1, log: 1, events: 2" },
            { "log", "the log of pod migrate-mz97j", "pods: 1 of 1, log: 0, events: 6" },
        };

    [Theory]
    [MemberData(nameof(Hanging))]
    public async Task What_hangs_is_given_up_after_5_seconds_and_what_was_read_is_kept(string hanging, string what, string rest)
    {
        await using var gate = await FailedAsync();
        gate.Server.Next(ThatIs(hanging), Answers.Silence);
        gate.Server.Log(Answers.Text(200, "lock timeout"));
        var result = await gate.EndAsync($"job/migrate -n {Failed}");
        var requests = gate.Server.Requests.Count(IsList);
        var start = gate.Time.Elapsed;

        var collecting = gate.CollectAsync(result);
        await gate.Server.ArrivedAsync(IsList, requests + (hanging == "pods" ? 2 : 4));
        // The limit's timer, and that of the request that hangs: all others are read.
        await gate.Time.TimersAsync(atMost: 2);
        gate.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(collecting.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(0.1));
        var facts = await collecting;

        Assert.Equal(5, (gate.Time.Elapsed - start).TotalSeconds, 3);
        Assert.Equal([new Gap(what, Permission: null, "not read within 5s")], facts.Gaps);
        Assert.Equal(rest, Found(facts.Targets[0]));
        AssertUnchanged(result.Targets[0], facts.Targets[0]);
    }

    [Fact]
    public async Task A_signal_ends_the_collection_at_once_with_what_there_is()
    {
        await using var gate = await FailedAsync();
        gate.Server.Log(Answers.Silence);
        var result = await gate.EndAsync($"job/migrate -n {Failed}");
        var requests = gate.Server.Requests.Count(IsList);

        var collecting = gate.CollectAsync(result);
        await gate.Server.ArrivedAsync(IsList, requests + 4);
        await gate.Time.TimersAsync(atMost: 2);
        gate.Interrupt();
        var facts = await collecting;

        Assert.Equal([new Gap("the log of pod migrate-mz97j", Permission: null, "interrupted")], facts.Gaps);
        Assert.Equal("pods: 1 of 1, log: 0, events: 6", Found(facts.Targets[0]));
    }

    public static TheoryData<string> Breaks => ["reset", "cut", "broken", "no list", "wrong type", "without a name", "not UTF-8", "500"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_answer_is_one_gap_without_a_permission(string fault)
    {
        await using var gate = await FailedAsync();
        using var broken = gate.Server.Always(
            request => request.Resource == "pods",
            fault switch
            {
                "reset" => Answers.Reset,
                "cut" => Answers.Cut("{\"kind\":\"PodList\",\"items\":["u8.ToArray(), 20),
                "broken" => Answers.Json("{\"kind\":\"PodList\",\"items\":[{]}"),
                "no list" => Answers.Json("[]"),
                "wrong type" => Answers.Json(List("""{"metadata":{"name":"p"},"status":{"phase":7}}""")),
                "without a name" => Answers.Json(List("""{"metadata":{}}""")),
                "not UTF-8" => Answers.Bytes([
                    .. "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{\"metadata\":{\"name\":\""u8,
                    0xFF,
                    .. "\"}}]}"u8,
                ]),
                _ => Answers.Status(500, "InternalError", "etcd leader changed"),
            }
        );
        var result = await gate.EndAsync($"job/migrate -n {Failed}");

        var facts = await gate.CollectAsync(result);

        var gap = Assert.Single(facts.Gaps);
        Assert.Equal(($"pods in namespace {Failed}", null), (gap.What, gap.Permission));
        Assert.NotEmpty(gap.Reason);
        Assert.DoesNotContain('\n', gap.Reason);
        Assert.Equal("pods: 0 of ?, log: 0, events: 2", Found(facts.Targets[0]));
    }

    [Fact]
    public async Task An_error_of_our_own_hides_nothing()
    {
        await using var gate = await FailedAsync();
        var result = await gate.EndAsync($"job/migrate -n {Failed}");

        var facts = await gate.CollectAsync(result, clock: new BrokenClock());

        var gap = Assert.Single(facts.Gaps);
        Assert.Equal(($"more about job/migrate (namespace {Failed})", null), (gap.What, gap.Permission));
        Assert.StartsWith(
            "an error in wait-for itself, please report it: System.NotSupportedException: no clock",
            gap.Reason,
            StringComparison.Ordinal
        );
        AssertUnchanged(result.Targets[0], facts.Targets[0]);
    }

    private static async Task<GateHarness> FailedAsync()
    {
        var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("job-failed-backoff0");
        return gate;
    }

    /// <summary>The watch of a gate that has just ended may still arrive.</summary>
    private static bool IsList(SeenRequest request) => !request.IsWatch;

    private static Func<SeenRequest, bool> ThatIs(string what) =>
        what switch
        {
            "job events" => CollectorServer.JobEvents,
            "pod events" => CollectorServer.PodEvents,
            _ => request => request.Resource == what,
        };

    private static string List(string item) =>
        $$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{{item}}]}""";

    private static string Found(TargetFacts target) =>
        $"pods: {target.Pods.Count} of {target.PodCount?.ToString() ?? "?"}, "
        + $"log: {target.Pods.Sum(pod => pod.Log.Count)}, events: {target.Events.Count}";

    private static void AssertUnchanged(WaitFor.Watching.TargetEnd end, TargetFacts facts)
    {
        Assert.Same(end.Verdict, facts.Verdict);
        Assert.Equal(end.Last.Jobs.Count, facts.Jobs.Count);
    }

    private sealed class BrokenClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException("no clock");
    }
}
