using System.Text.Json.Nodes;
using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Manifests;
using WaitFor.Testing;
using WaitFor.Tests.Discovery;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Kinds;

/// <summary>Gates for kinds that the program does not know.</summary>
public sealed class GenericFollowerTests
{
    private const string Databases = "/apis/shop.example.com/v1/namespaces/shop/databases";

    private static readonly string None = DiscoveryDocuments.Groups();
    private static readonly string Shop = DiscoveryDocuments.Groups(("shop.example.com", "databases", "Database", "Namespaced"));

    [Fact]
    public async Task A_custom_resource_is_judged_by_its_conditions_and_costs_two_requests_more()
    {
        await using var gate = await StartAsync(Shop);
        gate.Server.Objects.Put(Databases, Database(5));
        var running = gate.RunAsync("databases/orders --timeout 1h");
        await gate.WatchingAsync("databases/orders: Ready=False (Starting): 0 of 1 instances");
        gate.Server.Objects.Put(Databases, Database(7));
        await gate.Lines.ContainsAsync("databases/orders: the controller has not seen the new spec yet");
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Put(Databases, Database(12));

        Assert.Equal(0, (await running).ExitCode);
        Assert.Equal(
            ["/api", "/apis", Databases, Databases],
            gate.Server.Requests.Select(request => request.Path).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("databases.shop.example.com/orders", 10, 1, "disk quota of 10Gi is used up")]
    [InlineData("databases.v1.shop.example.com/orders", 12, 0, "1 of 1 target")]
    [InlineData("wait database/orders --for=jsonpath={.status.phase}=Running", 12, 0, "1 of 1 target")]
    [InlineData("wait Database/orders --for=condition=ready", 12, 0, "1 of 1 target")]
    [InlineData("databases --all", 12, 0, "1 of 1 target")]
    [InlineData("databases/other --on-missing=fail", 12, 4, "not found")]
    [InlineData("databases/other --for=delete", 12, 0, "1 of 1 target")]
    [InlineData("databases.other.example.com/orders --on-missing=fail", 12, 4, "the API server does not have the kind databases")]
    [InlineData("databasis/orders", 12, 2, "unknown kind \"databasis\" in \"databasis/orders\"")]
    [InlineData("databasis/orders", 12, 2, "write databases")]
    [InlineData("servce/orders", 12, 2, "the API server has none of that name; write service")]
    [InlineData("jbo/orders", 12, 2, "write job")]
    [InlineData("shop/jbo/orders", 12, 2, "unknown kind \"jbo\" in \"shop/jbo/orders\"")]
    [InlineData("orders --all", 12, 2, "\"orders\" is no kind: the API server has none of that name; write KIND/NAME, such as job/orders")]
    [InlineData("job/orders/shop", 12, 2, "if shop is the namespace, write shop/job/orders")]
    [InlineData("nothing/orders", 12, 2, "if it is installed later, write it with its group")]
    public async Task What_is_asked_of_a_custom_resource_decides(string words, int line, int exitCode, string message)
    {
        await using var gate = await StartAsync(Shop);
        gate.Server.Objects.Put(Databases, Database(line));

        var result = await gate.RunAsync(words + " --timeout 1h");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_comes_later_is_waited_for()
    {
        await using var gate = await GateHarness.StartAsync();
        var served = None;
        using var core = gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        using var groups = gate.Server.Always(request => request.Path == "/apis", context => Answers.Json(served)(context));
        gate.Server.Objects.Put(Databases, Database(12));
        var running = gate.RunAsync("databases.shop.example.com/orders --timeout 0");
        await gate.Lines.ContainsAsync("the API server does not have the kind databases of shop.example.com yet");
        Assert.False(running.IsCompleted);
        Assert.DoesNotContain(gate.Server.Requests, request => request.Path == Databases);

        served = Shop;

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_kind_that_goes_makes_its_object_missing()
    {
        await using var gate = await GateHarness.StartAsync();
        var served = Shop;
        using var core = gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        using var groups = gate.Server.Always(request => request.Path == "/apis", context => Answers.Json(served)(context));
        gate.Server.Objects.Put(Databases, Database(12));
        var running = gate.RunAsync("databases.shop.example.com/orders job/latch --timeout 0");
        await gate.Lines.ContainsAsync("orders: Ready=True");
        served = None;
        using var gone = gate.Server.Always(request => request.Path == Databases, Answers.Text(404, "404 page not found"));
        gate.Server.Objects.EndWatches();

        await gate.Lines.ContainsAsync("the kind databases of shop.example.com yet");
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("latch"));
        await gate.Lines.ContainsAsync("job/latch: complete");
        Assert.False(running.IsCompleted);

        gone.Dispose();
        served = Shop;
        Assert.Equal(0, (await running).ExitCode);
    }

    [Theory]
    [InlineData("databases.shop.example.com/orders")]
    [InlineData("databases/orders")]
    public async Task The_objects_of_a_kind_that_goes_are_deleted(string target)
    {
        await using var gate = await GateHarness.StartAsync();
        var served = Shop;
        using var core = gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        using var groups = gate.Server.Always(request => request.Path == "/apis", context => Answers.Json(served)(context));
        gate.Server.Objects.Put(Databases, Database(12));
        var running = gate.RunAsync(target + " --for=delete --timeout 0");
        await gate.WatchingAsync("orders: exists, and is not deleted yet");
        served = None;
        using var gone = gate.Server.Always(request => request.Path == Databases, Answers.Text(404, "404 page not found"));

        gate.Server.Objects.EndWatches();

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task The_objects_of_a_kind_that_comes_back_are_not_deleted()
    {
        await using var gate = await GateHarness.StartAsync();
        var asked = 0;
        var gone = false;
        using var core = gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        // As an API server that has just started: for a while it does not know the kind.
        using var groups = gate.Server.Always(
            request => request.Path == "/apis",
            context => Answers.Json(gone && ++asked <= 3 ? None : Shop)(context)
        );
        using var lost = gate.Server.Always(
            request => request.Path == Databases && gone && asked <= 3,
            Answers.Text(404, "404 page not found")
        );
        gate.Server.Objects.Put(Databases, Database(12));
        var running = gate.RunAsync("databases.shop.example.com/orders --for=delete --timeout 0");
        await gate.WatchingAsync("orders: exists, and is not deleted yet");
        gone = true;
        gate.Server.Objects.EndWatches();
        await gate.Server.ArrivedAsync(request => request is { Path: Databases, IsWatch: true } && asked > 3, 2);
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Delete(Databases, "orders");

        Assert.Equal(0, (await running).ExitCode);
    }

    /// <summary>Whether a kind is away is not known while the server does not answer.</summary>
    [Fact]
    public async Task The_time_in_which_the_server_is_away_does_not_count_as_the_kinds()
    {
        await using var gate = await GateHarness.StartAsync();
        var (asked, gone) = (0, false);
        using var core = gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        using var groups = gate.Server.Always(
            request => request.Path == "/apis",
            context =>
                !gone ? Answers.Json(Shop)(context)
                : ++asked is 1 or 32 ? Answers.Json(None)(context)
                : asked < 32 ? Answers.Status(500, "InternalError", "etcd is away")(context)
                : Answers.Json(Shop)(context)
        );
        using var lost = gate.Server.Always(
            request => request.Path == Databases && gone && asked <= 32,
            Answers.Text(404, "404 page not found")
        );
        gate.Server.Objects.Put(Databases, Database(12));
        var running = gate.RunAsync("databases.shop.example.com/orders --for=delete --timeout 0");
        await gate.WatchingAsync("orders: exists, and is not deleted yet");
        gone = true;
        gate.Server.Objects.EndWatches();
        await Task.WhenAny(running, gate.Server.ArrivedAsync(request => request is { Path: Databases, IsWatch: true } && asked > 32, 2));
        Assert.False(running.IsCompleted);

        gate.Server.Objects.Delete(Databases, "orders");

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task The_objects_of_a_kind_that_was_never_there_are_not_deleted()
    {
        await using var gate = await StartAsync(None);

        var result = await gate.RunAsync("databases.shop.example.com/orders --for=delete --timeout 1m");

        Assert.Equal(124, result.ExitCode);
        Assert.Contains("does not have the kind databases of shop.example.com yet", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_two_groups_have_needs_its_group()
    {
        await using var gate = await StartAsync(
            DiscoveryDocuments.Groups(
                ("shop.example.com", "databases", "Database", "Namespaced"),
                ("other.example.com", "databases", "Database", "Namespaced")
            )
        );

        var result = await gate.RunAsync("databases/orders --timeout 1h");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            "\"databases/orders\": the API server has databases.shop.example.com and databases.other.example.com; write one of them "
                + "instead of databases",
            result.Message
        );
    }

    [Fact]
    public async Task Objects_in_no_namespace_are_asked_for_there()
    {
        await using var gate = await StartAsync(DiscoveryDocuments.Groups(("shop.example.com", "databases", "Database", "Cluster")));
        gate.Server.Objects.Put("/apis/shop.example.com/v1/databases", Database(12));

        Assert.Equal(0, (await gate.RunAsync("databases/orders --timeout 1h")).ExitCode);
    }

    [Fact]
    public async Task A_refused_discovery_ends_the_gate_after_the_time_of_grace()
    {
        await using var gate = await GateHarness.StartAsync();
        using var denied = gate.Server.Always(
            request => request.Path is "/api" or "/apis",
            Answers.Status(403, "Forbidden", "forbidden: User \"system:anonymous\" cannot get path \"/apis\"")
        );

        Assert.Equal(3, (await gate.RunAsync("databases/orders --timeout 1h")).ExitCode);
    }

    [Fact]
    public void The_objects_of_manifests_are_targets()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(
            file,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: shop.example.com/v1
            kind: Database
            metadata: {name: orders}
            """
        );
        var command = new GateCommand(["-f", file, "--on-missing=fail"], _ => null);
        var options = command.Read();
        var targets = command.Asked(ManifestTargets.Of(new ManifestReader(() => Stream.Null).Read(options.Files, recursive: false)));
        File.Delete(file);

        Assert.Equal(["deployment/web", "namespace/shop", "database.shop.example.com/orders"], targets.Select(target => $"{target}"));
        Assert.Equal(["shop", null, null], targets.Select(target => target.AskedNamespace));
        Assert.All(targets, target => Assert.Equal(WaitFor.Verdicts.OnMissing.Fail, target.Expected.OnMissing));
    }

    private static async Task<GateHarness> StartAsync(string groups)
    {
        var gate = await GateHarness.StartAsync();
        gate.Server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        gate.Server.Always(request => request.Path == "/apis", Answers.Json(groups));
        return gate;
    }

    private static JsonObject Database(int line)
    {
        var item = Recording.Line("custom-resource-conditions", "databases", line);
        item["metadata"]!["namespace"] = "shop";
        return item;
    }
}
