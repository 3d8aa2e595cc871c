using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>What tells a service's endpoints where the Role does not allow EndpointSlices.</summary>
public sealed class EndpointSourceTests
{
    private const string Selector = """{"app":"redis"}""";

    /// <summary>The Role, the service (published: publishNotReadyAddresses; annotated: the annotation before it; bare: no selector), what
    /// is reported; null: denied.</summary>
    public static TheoryData<string, string, string?> Roles =>
        new()
        {
            { "services=list,watch; endpointslices=list,watch", "", "" },
            { "services=list,watch; endpointslices=list,watch", "published", "" },
            { "services=list,watch; endpoints=list,watch; pods=list", "", "using endpoints" },
            { "services=list,watch; endpoints=get", "", "using endpoints" },
            { "services=list,watch; endpoints=list,watch", "bare", "using endpoints" },
            { "services=get,list; pods=get,list", "", "using the pods of its selector" },
            { "services=list,watch; endpoints=list,watch; pods=list,watch", "published", "using the pods of its selector" },
            { "services=list,watch; endpoints=list,watch", "published", null },
            { "services=list,watch; endpoints=list,watch; pods=list,watch", "annotated", "using the pods of its selector" },
            { "services=list,watch; endpoints=list,watch; pods=list,watch", "annotated-false", "using endpoints" },
            { "services=list,watch; endpoints=list,watch", "annotated", null },
            { "services=list,watch; pods=list,watch", "bare", null },
            { "services=list,watch", "", null },
        };

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task The_best_source_that_is_allowed_decides(string role, string service, string? said)
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, role);
        Put(gate.Server.Objects, service, ready: false);
        var running = gate.RunAsync("service/redis --timeout 0");
        if (said is null)
        {
            var denied = await running;
            Assert.Equal(ExitCode.Access, denied.ExitCode);
            Assert.Contains("endpointslices", denied.Roles, StringComparison.Ordinal);
            return;
        }

        await gate.Lines.ContainsAsync("service/redis: 0 ");
        if (said.Length > 0)
            await gate.Lines.ContainsAsync($"cannot list endpointslices in namespace shop (permission missing): {said}\n");
        Assert.False(running.IsCompleted);
        Put(gate.Server.Objects, service, ready: true);

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
        Assert.Equal(said.Length == 0, !gate.Lines.All.Any(line => line.Contains("cannot list endpointslices", StringComparison.Ordinal)));
        Assert.DoesNotContain(gate.Lines.All, gate.IsFault);
    }

    [Fact]
    public async Task A_selector_that_changes_while_pods_decide_does_not_open_the_gate_by_the_old_pods()
    {
        await using var gate = await GateHarness.StartAsync();
        _ = new FakeRole(gate.Server, "services=list,watch; pods=list,watch");
        Put(gate.Server.Objects, "", ready: false);
        var running = gate.RunAsync("service/redis --timeout 0");
        await gate.Lines.ContainsAsync("using the pods");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "watch pods", 1);

        var changed = Service("").With("spec.selector", JsonNode.Parse("""{"app":"other"}"""));
        gate.Server.Objects.Put(ApiObjects.Services("shop"), changed);
        gate.Server.Objects.Put(ApiObjects.Services("shop"), changed);
        // When the second change arrives, the first one is known.
        var version = (string)gate.Server.Objects.Find(ApiObjects.Services("shop"), "redis")!["metadata"]!["resourceVersion"]!;
        await gate.Trace.ContainsAsync($"watch services: Modified at resourceVersion {version}");
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("other", ready: false, """{"app":"other"}"""));
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("redis-0", ready: true, Selector));
        gate.Time.Advance(TimeSpan.FromMinutes(1));
        await gate.Server.ArrivedAsync(request => request.Query.GetValueOrDefault("labelSelector") == "app=other", 2);
        Assert.False(running.IsCompleted);
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("other", ready: true, """{"app":"other"}"""));

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
    }

    [Fact]
    public async Task Slices_that_are_allowed_later_are_used()
    {
        await using var gate = await GateHarness.StartAsync();
        var role = new FakeRole(gate.Server, "services=list,watch; pods=list,watch");
        Put(gate.Server.Objects, "", ready: false);
        var running = gate.RunAsync("service/redis --timeout 0");
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "watch pods", 1);
        await gate.Lines.ContainsAsync("using the pods");
        role.Change("services=list,watch; endpointslices=list,watch");
        gate.Time.Advance(TimeSpan.FromMinutes(1));
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == "watch endpointslices", 1);
        Put(gate.Server.Objects, "", ready: true);

        Assert.Equal(ExitCode.Met, (await running).ExitCode);
    }

    /// <summary>An API server that starts again denies everything for a while: it was allowed since the first denial.</summary>
    [Theory]
    [InlineData("endpointslices=list,watch")]
    [InlineData("endpoints=list,watch")]
    public async Task Sources_that_are_denied_again_later_have_the_whole_time_of_grace(string rule)
    {
        await using var gate = await GateHarness.StartAsync();
        var (asked, role) = (0, (FakeRole?)null);
        // The pauses between the tries take no time: the Role arrives with a request.
        using var arrives = gate.Server.Always(
            request =>
            {
                if (FakeRole.Word(request) == "list pods" && ++asked == 2)
                    role!.Change($"services=list,watch; {rule}");
                return false;
            },
            Answers.Text(500, "never sent")
        );
        role = new FakeRole(gate.Server, "services=list,watch");
        Put(gate.Server.Objects, "", ready: false);
        var running = gate.RunAsync("service/redis --timeout 0");
        var source = $"watch {rule.Split('=')[0]}";
        await gate.Server.ArrivedAsync(request => FakeRole.Word(request) == source, 1);
        Put(gate.Server.Objects, "", ready: false);
        // No request is under way now, which the clock would cut.
        await gate.Trace.ContainsAsync($"{source}: Modified");
        await gate.Trace.ContainsAsync("watch services: Modified");
        gate.Time.Advance(TimeSpan.FromSeconds(40));
        var begun = gate.Time.Elapsed;
        role.Change("services=list,watch");
        gate.Server.Objects.EndWatches();

        Assert.Equal(ExitCode.Access, (await running).ExitCode);
        Assert.InRange((gate.Time.Elapsed - begun).TotalSeconds, 14.9, 60);
    }

    private static JsonObject Service(string form)
    {
        var service = ApiObjects.Service("redis").With("spec.selector", JsonNode.Parse(Selector));
        return form switch
        {
            "published" => service.With("spec.publishNotReadyAddresses", true),
            "annotated" => Tolerating(service, "true"),
            "annotated-false" => Tolerating(service, "false"),
            "bare" => service.Without("spec.selector"),
            _ => service,
        };
    }

    private static JsonObject Tolerating(JsonObject service, string value)
    {
        service["metadata"]!["annotations"] = new JsonObject { ["service.alpha.kubernetes.io/tolerate-unready-endpoints"] = value };
        return service;
    }

    /// <summary>All sources say the same, as a real server's do: published addresses are ready in Endpoints, and not serving in
    /// slices.</summary>
    private static void Put(ObjectStore objects, string form, bool ready)
    {
        var published = form is "published" or "annotated";
        objects.Put(ApiObjects.Services("shop"), Service(form));
        objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("redis-0", ready, Selector));
        var slice = ApiObjects.EndpointSlice("redis", ready || published);
        objects.Put(ApiObjects.EndpointSlices("shop"), ready ? slice : slice.With("endpoints.0.conditions.serving", false));
        objects.Put(
            ApiObjects.Endpoints("shop"),
            JsonNode
                .Parse(
                    $$$"""
                    {"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"redis"},
                     "subsets":[{"{{{(ready || published ? "addresses" : "notReadyAddresses")}}}":[{"ip":"10.0.0.1"}]}]}
                    """
                )!
                .AsObject()
        );
    }
}
