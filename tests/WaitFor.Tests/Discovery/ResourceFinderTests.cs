using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Discovery;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Discovery;

/// <summary>What a server says about kinds, from the recorded documents of a real one: aggregated, and classic as before 1.26.</summary>
public sealed class ResourceFinderTests
{
    private const string Shop = "databases.shop.example.com";

    public static TheoryData<string, string> Words =>
        new()
        {
            { "databases", "v1 databases.shop.example.com Database" },
            { "Database", "v1 databases.shop.example.com Database" },
            { "DB", "v1 databases.shop.example.com Database" },
            { Shop, "v1 databases.shop.example.com Database" },
            { "db.shop.example.com", "v1 databases.shop.example.com Database" },
            { "databases.v1beta1.shop.example.com", "v1beta1 databases.shop.example.com Database" },
            { "regions", "v1 regions.shop.example.com Region, cluster-scoped" },
            { "pods", "v1 pods Pod" },
            { "po", "v1 pods Pod" },
            { "pods.v1.", "v1 pods Pod" },
            { "nodes", "v1 nodes Node, cluster-scoped" },
            { "daemonset", "v1 daemonsets.apps DaemonSet" },
            { "ds.apps", "v1 daemonsets.apps DaemonSet" },
            { "deploy", "v1 deployments.apps Deployment" },
            { "deployment", "ambiguous: deployments.apps, deployments.paas.example.com" },
            { "deployments.apps", "v1 deployments.apps Deployment" },
            { "deployments.paas.example.com", "v1 deployments.paas.example.com Deployment" },
            { "gizmos", "unknown" },
            { "gizmos.shop.example.com", "not served, its group is" },
            { "databases.v9.shop.example.com", "not served, its group is" },
            { "certificates.cert-manager.io", "not served" },
            { "bindings", "v1 bindings Binding, cannot be watched" },
        };

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_word_is_found_in_the_aggregated_documents(string word, string expected)
    {
        await using var gate = await GateHarness.StartAsync();
        Serve(gate, "/api", "200-api-aggregated.json");
        Serve(gate, "/apis", "200-apis-aggregated-with-crd.json");

        Assert.Equal(expected, await FindAsync(gate, ResourceWord.Parse(word)));
        Assert.True(gate.Server.Requests.Count <= 2, $"{gate.Server.Requests.Count} requests");
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_word_is_found_in_the_classic_documents(string word, string expected)
    {
        await using var gate = await GateHarness.StartAsync();
        ServeClassic(gate);

        Assert.Equal(expected, await FindAsync(gate, ResourceWord.Parse(word)));
    }

    [Fact]
    public async Task A_word_with_its_group_costs_one_request_and_a_classic_server_two()
    {
        await using var gate = await GateHarness.StartAsync();
        var classic = gate.Server.Always(request => request.Path == "/apis", Answers.Json(Recorded("200-apis-with-crd.json")));
        Serve(gate, "/apis/shop.example.com/v1", "200-crd-group-version.json");
        gate.Server.Always(request => request.Path == "/apis/shop.example.com/v1beta1", Answers.Text(404, "404 page not found"));

        Assert.Equal("v1 databases.shop.example.com Database", await FindAsync(gate, ResourceWord.Parse(Shop)));
        Assert.Equal(
            ["/apis", "/apis/shop.example.com/v1", "/apis/shop.example.com/v1beta1"],
            gate.Server.Requests.Select(request => request.Path).Order(StringComparer.Ordinal)
        );
        classic.Dispose();
        Serve(gate, "/apis", "200-apis-aggregated-with-crd.json");
        Assert.Equal("v1 databases.shop.example.com Database", await FindAsync(gate, ResourceWord.Parse(Shop)));
        Assert.Equal(4, gate.Server.Requests.Count);
    }

    /// <summary>One Accept header for all servers: both versions of the aggregated form, then the plain one.</summary>
    [Fact]
    public async Task Both_aggregated_forms_are_asked_for_and_then_the_plain_one()
    {
        const string accept =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
            + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
        await using var gate = await GateHarness.StartAsync();
        Only("/api", "200-api-aggregated.json");
        Only("/apis", "200-apis-aggregated-with-crd.json");

        Assert.Equal("v1 databases.shop.example.com Database", await FindAsync(gate, ResourceWord.Parse("db")));

        void Only(string path, string file) =>
            gate.Server.Always(
                request => request.Path == path,
                context => (context.Request.Headers.Accept == accept ? Answers.Json(Recorded(file)) : Answers.Text(500, "no"))(context)
            );
    }

    [Fact]
    public async Task A_server_that_refuses_the_aggregated_form_is_asked_for_the_plain_one()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(request => request.Path is "/api", Answers.Status(406, "NotAcceptable", "only application/json"));
        gate.Server.Next(request => request.Path is "/apis", Answers.Status(406, "NotAcceptable", "only application/json"));
        ServeClassic(gate);

        Assert.Equal("v1 databases.shop.example.com Database", await FindAsync(gate, ResourceWord.Parse("db")));
    }

    [Theory]
    [InlineData("things", "stale: metrics.example.com/v1beta1")]
    [InlineData("things.metrics.example.com", "stale: metrics.example.com/v1beta1")]
    [InlineData("daemonsets", "v1 daemonsets.apps DaemonSet")]
    [InlineData("things.apps", "not served, its group is")]
    public async Task A_group_whose_server_is_down_is_never_a_typo(string word, string expected)
    {
        foreach (var aggregated in new[] { true, false })
        {
            await using var gate = await GateHarness.StartAsync();
            if (aggregated)
            {
                Serve(gate, "/api", "200-api-aggregated.json");
                Serve(gate, "/apis", "200-apis-aggregated-apiservice-down.json");
            }
            else
            {
                gate.Server.Always(
                    request => request.Path == "/apis/metrics.example.com/v1beta1",
                    Answers.Text(503, Recorded("503-apiservice-down-group-version.txt"))
                );
                ServeClassic(gate, "200-apis-apiservice-down.json");
            }

            Assert.Equal(expected, await FindAsync(gate, ResourceWord.Parse(word)));
        }
    }

    [Theory]
    [InlineData("shop.example.com/v1", "Database", "v1 databases.shop.example.com Database")]
    [InlineData("shop.example.com/v1beta1", "Database", "v1beta1 databases.shop.example.com Database")]
    [InlineData("apps/v1", "Deployment", "v1 deployments.apps Deployment")]
    [InlineData("v1", "Pod", "v1 pods Pod")]
    [InlineData("v1", "pod", "not served, its group is")]
    [InlineData("apps/v1beta1", "Deployment", "not served, its group is")]
    [InlineData("cert-manager.io/v1", "Certificate", "not served")]
    public async Task The_kind_of_a_manifest_is_found_exactly(string apiVersion, string kind, string expected)
    {
        await using var gate = await GateHarness.StartAsync();
        Serve(gate, "/api", "200-api-aggregated.json");
        Serve(gate, "/apis", "200-apis-aggregated-with-crd.json");

        Assert.Equal(expected, await FindAsync(gate, ResourceWord.OfManifest(apiVersion, kind)));
    }

    [Fact]
    public async Task Several_words_cost_one_look()
    {
        await using var gate = await GateHarness.StartAsync();
        Serve(gate, "/api", "200-api-aggregated.json");
        Serve(gate, "/apis", "200-apis-aggregated-with-crd.json");
        using var api = await gate.ConnectAsync();

        var found = await new ResourceFinder(api).FindAsync(
            [ResourceWord.Parse("db"), ResourceWord.Parse("gizmos"), ResourceWord.Parse("pods")],
            CancellationToken.None
        );

        Assert.Equal(["v1 databases.shop.example.com Database", "unknown", "v1 pods Pod"], found.Select(Said));
        Assert.Equal(2, gate.Server.Requests.Count);
        Assert.Contains("databases", Assert.IsType<ResourceLookup.Unknown>(found[1]).Names);
    }

    [Theory]
    [InlineData(403, "403-anonymous-apis.json", "Forbidden")]
    [InlineData(200, "406-apis-aggregated-v2beta1.json", "Malformed")]
    [InlineData(500, "404-unknown-crd-version.txt", "Unavailable")]
    public async Task A_server_that_cannot_be_asked_is_no_answer(int code, string file, string fault)
    {
        await using var gate = await GateHarness.StartAsync();
        Serve(gate, "/api", "200-api-aggregated.json");
        var answer = code == 200 ? Answers.Json(Recorded(file)) : Answers.Text(code, Recorded(file));
        gate.Server.Always(request => request.Path == "/apis", answer);

        Assert.Equal($"failed: {fault}", await FindAsync(gate, ResourceWord.Parse("db")));
    }

    [Theory]
    [InlineData("""{"kind":"APIGroupDiscoveryList","items":[{"versions":[{"version":"v1","resources":[{"resource":1}]}]}]}""")]
    [InlineData("""{"kind":"APIGroupDiscoveryList","items":[null,1,{"versions":"x"},{"metadata":[]}]}""")]
    [InlineData("""{"kind":"APIGroupDiscoveryList","items":{}}""")]
    [InlineData("""{"kind":"APIGroupList","groups":[{"name":null},{"versions":[]}]}""")]
    [InlineData("""{"kind":"APIVersions"}""")]
    public void What_has_no_names_is_left_out(string json)
    {
        var document = DiscoveryDocument.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.IsType<ResourceLookup.Unknown>(ResourceFinder.Find(ResourceWord.Parse("x"), document.Versions));
    }

    private static async Task<string> FindAsync(GateHarness gate, ResourceWord word)
    {
        using var api = await gate.ConnectAsync();
        return Said(await new ResourceFinder(api).FindAsync(word, CancellationToken.None));
    }

    private static string Said(ResourceLookup lookup) =>
        lookup switch
        {
            ResourceLookup.Found { Resource: var resource } => $"{resource.Version} {resource.FullName} {resource.Kind}"
                + (resource.Namespaced ? "" : ", cluster-scoped")
                + (resource.Watchable ? "" : ", cannot be watched"),
            ResourceLookup.Ambiguous ambiguous => $"ambiguous: {string.Join(", ", ambiguous.Names)}",
            ResourceLookup.Unknown => "unknown",
            ResourceLookup.NotServed { GroupServed: var served } => "not served" + (served ? ", its group is" : ""),
            ResourceLookup.Stale stale => $"stale: {string.Join(", ", stale.Groups)}",
            ResourceLookup.Failed failed => $"failed: {failed.Fault.Kind}",
            _ => "?",
        };

    private static string Recorded(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recordings/discovery", file));

    private static void Serve(GateHarness gate, string path, string file) =>
        gate.Server.Always(request => request.Path == path, Answers.Json(Recorded(file)));

    /// <summary>As a server before 1.26: the plain documents, whatever is asked for. Of the resources those that were recorded.</summary>
    private static void ServeClassic(GateHarness gate, string groups = "200-apis-with-crd.json")
    {
        Serve(gate, "/api/v1", "200-api-v1.json");
        Serve(gate, "/apis/apps/v1", "200-apis-apps-v1.json");
        Serve(gate, "/apis/shop.example.com/v1", "200-crd-group-version.json");
        Resources("shop.example.com/v1beta1", "databases", "Database");
        Resources("paas.example.com/v1", "deployments", "Deployment");
        gate.Server.Always(
            request => request.Path.Count(one => one == '/') == 3,
            Answers.Json("""{"kind":"APIResourceList","groupVersion":"x/v1"}""")
        );
        Serve(gate, "/api", "200-api.json");
        Serve(gate, "/apis", groups);

        void Resources(string version, string plural, string kind) =>
            gate.Server.Always(
                request => request.Path == "/apis/" + version,
                Answers.Json(
                    $$"""
                    {"kind":"APIResourceList","groupVersion":"{{version}}","resources":[{"name":"{{plural}}","kind":"{{kind}}",
                    "singularName":"{{kind.ToLowerInvariant()}}","namespaced":true,"verbs":["list","watch"]}]}
                    """
                )
            );
    }
}
