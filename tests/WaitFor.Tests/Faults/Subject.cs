using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Tests.Discovery;

namespace WaitFor.Tests.Faults;

/// <summary>The target, and whose requests the faults strike.</summary>
internal sealed record Subject
{
    /// <summary>As the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The target on the command line.</summary>
    public required string Argument { get; init; }

    /// <summary>Options that make it worse to see what does not exist.</summary>
    public string Options { get; init; } = "";

    /// <summary>The beginning of the requests on it, as the client traces them.</summary>
    public required string Request { get; init; }

    /// <summary>The collection's path.</summary>
    public required string Collection { get; init; }

    /// <summary>The object that is Met, as a server sends it.</summary>
    public required Func<JsonObject> Met { get; init; }

    /// <summary>Makes it what it is not yet; after a Met, such as a deletion under its name.</summary>
    public required Action<ObjectStore> Unmeet { get; init; }

    /// <summary>Makes it fail for good; null for a service, which cannot.</summary>
    public Action<ObjectStore>? Fail { get; init; }

    /// <summary>What else has to be there.</summary>
    public Action<ObjectStore> Prepare { get; init; } = _ => { };

    /// <summary>The beginning of the log line for <see cref="Unmeet"/>.</summary>
    public required string UnmetLine { get; init; }

    /// <summary>The one verb that the Role allows, which is the rung that is followed by; null: list and watch.</summary>
    public string? Verb { get; init; }

    /// <summary>True where there is no watch: the fault strikes the second poll.</summary>
    public bool IsPolled => Verb is "list" or "get";

    /// <summary>Whether there is such a moment on this rung: a poll is a list, and WatchList a watch.</summary>
    public bool Has(Moment moment) => Verb is null || IsPolled == (moment <= Moment.BetweenListAndWatch);

    /// <summary>Whether the Role allows a request on the target.</summary>
    public bool IsAllowed(SeenRequest request) =>
        Verb is null
        || Verb
            == (
                request.IsWatch ? "watch"
                : request.Path == Collection ? "list"
                : "get"
            );

    /// <summary>Whether the server has EndpointSlices.</summary>
    public bool ServesSlices { get; init; } = true;

    /// <summary>How many other collections are watched: the second target's, and the service where it is not the subject itself (or its
    /// slices, where it is).</summary>
    public int Others => Argument.StartsWith("service", StringComparison.Ordinal) ? 2 : 1;

    public string Kind => (string)Met()["kind"]!;

    /// <summary>Lets the server say which kinds it has.</summary>
    public void Announce(FakeApiServer server)
    {
        server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        server.Always(
            request => request.Path == "/apis",
            Answers.Json(DiscoveryDocuments.Groups(("shop.example.com", "databases", "Database", "Namespaced")))
        );
        if (!ServesSlices)
            server.Always(request => request.Resource == "endpointslices", Answers.Text(404, "404 page not found"));
    }

    public void Meet(ObjectStore objects) => objects.Put(Collection, Met());

    public bool IsAskedFor(SeenRequest request) =>
        (request.Path == Collection || request.Path.StartsWith(Collection + "/", StringComparison.Ordinal))
        && request.Query.GetValueOrDefault("fieldSelector") != "metadata.name=latch";

    /// <summary>A list that says that it is Met; the object itself where that is what is asked for.</summary>
    public string MetList(string version)
    {
        var item = InNamespace();
        if (Verb == "get")
            return item.ToJsonString();
        return $$$"""{"kind":"{{{Kind}}}List","apiVersion":"v1","metadata":"""
            + $$$"""{"resourceVersion":"{{{version}}}"},"items":[{{{item.ToJsonString()}}}]}""";
    }

    /// <summary>An event that says that it is Met.</summary>
    public string MetEvent(string version)
    {
        var item = InNamespace();
        item["metadata"]!["resourceVersion"] = version;
        return Answers.Event("MODIFIED", item);
    }

    /// <summary>The beginning of a WatchList, in two lines.</summary>
    /// <param name="item">The one object that exists; null: the one that is Met.</param>
    /// <param name="version">The version of all.</param>
    public string Beginning(JsonObject? item, string version) =>
        (item is null ? MetEvent(version).Replace("MODIFIED", "ADDED", StringComparison.Ordinal) : Answers.Event("ADDED", item))
        + "\n"
        + Answers.InitialEventsEnd(Kind, version);

    public string Bookmark(string version) =>
        $$$"""{"type":"BOOKMARK","object":{"kind":"{{{Kind}}}","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}"} } }""";

    public override string ToString() => Name;

    private JsonObject InNamespace()
    {
        var item = Met();
        item["metadata"]!["namespace"] = "shop";
        item["metadata"]!["uid"] = "what-the-server-said-last";
        return item;
    }

    private static readonly IReadOnlyList<Subject> Watched =
    [
        new()
        {
            Name = "job",
            Argument = "job/db",
            // A failed list that counted as an empty one would open the gate.
            Options = " --on-missing pass",
            Request = "GET /apis/batch/v1/namespaces/shop/jobs?fieldSelector=metadata.name%3Ddb&",
            Collection = ApiObjects.Jobs("shop"),
            Met = () => ApiObjects.JobComplete("db"),
            // Its successor under the same name: the store gives it its own uid.
            Unmeet = objects => objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db")),
            Fail = objects => objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db")),
            UnmetLine = "job/db: running",
        },
        new()
        {
            Name = "pods",
            Argument = "pod:app=web",
            Request = "GET /api/v1/namespaces/shop/pods?",
            Collection = ApiObjects.Pods("shop"),
            Met = () => ApiObjects.Pod("web-0", ready: true, Web),
            Unmeet = objects => objects.Put(ApiObjects.Pods("shop"), ApiObjects.Pod("web-0", ready: false, Web)),
            Fail = objects =>
            {
                var pod = ApiObjects.Pod("web-0", ready: false, Web);
                pod["status"]!["phase"] = "Failed";
                objects.Put(ApiObjects.Pods("shop"), pod);
            },
            UnmetLine = "pod:app=web: 0 of 1 pod ready",
        },
        new()
        {
            Name = "service",
            Argument = "service/redis",
            Request = "GET /api/v1/namespaces/shop/services?",
            Collection = ApiObjects.Services("shop"),
            Met = () => ApiObjects.Service("redis"),
            Unmeet = objects => objects.Delete(ApiObjects.Services("shop"), "redis"),
            Prepare = objects => objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true)),
            UnmetLine = "service/redis: not found",
        },
        new()
        {
            Name = "its slices",
            Argument = "service/redis",
            Request = "GET /apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?",
            Collection = ApiObjects.EndpointSlices("shop"),
            Met = () => ApiObjects.EndpointSlice("redis", true, true),
            Unmeet = objects => objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true, false)),
            Prepare = objects => objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis")),
            UnmetLine = "service/redis: 1 endpoint ready, 1 not ready",
        },
        new()
        {
            Name = "its endpoints",
            Argument = "service/redis",
            Request = "GET /api/v1/namespaces/shop/endpoints?",
            Collection = ApiObjects.Endpoints("shop"),
            Met = () => EndpointsObject("addresses"),
            Unmeet = objects => objects.Put(ApiObjects.Endpoints("shop"), EndpointsObject("notReadyAddresses")),
            Prepare = objects => objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis")),
            UnmetLine = "service/redis: 0 endpoints ready, 1 not ready",
            ServesSlices = false,
        },
    ];

    private static readonly Subject Rollout = new()
    {
        Name = "deployment",
        Argument = "deployment/web",
        Request = "GET /apis/apps/v1/namespaces/shop/deployments?fieldSelector=metadata.name%3Dweb&",
        Collection = Deployments,
        Met = () => Deployment(available: 2),
        // A pod is lost: nothing but the counts says so.
        Unmeet = objects => objects.Put(Deployments, Deployment(available: 1)),
        Fail = objects => objects.Put(Deployments, Deployment(available: 1, progressing: "False", "ProgressDeadlineExceeded")),
        UnmetLine = "deployment/web: 2 of 2 replicas updated, 1 available",
    };

    private static readonly Subject Custom = new()
    {
        Name = "custom resource",
        Argument = "databases.shop.example.com/orders",
        Request = "GET /apis/shop.example.com/v1/namespaces/shop/databases?fieldSelector=metadata.name%3Dorders&",
        Collection = Databases,
        Met = () => Database("Ready", "True"),
        Unmeet = objects => objects.Put(Databases, Database("Ready", "False")),
        Fail = objects => objects.Put(Databases, Database("Stalled", "True")),
        UnmetLine = "databases.shop.example.com/orders: Ready=False",
    };

    /// <summary>All kinds by list and watch, and one of them on each other rung.</summary>
    public static IReadOnlyList<Subject> All { get; } =
    [
        .. Watched,
        Rollout,
        Custom,
        Watched[0] with
        {
            Name = "job by polling get",
            Verb = "get",
            Request = "GET /apis/batch/v1/namespaces/shop/jobs/db",
        },
        Watched[1] with
        {
            Name = "pods by polling list",
            Verb = "list",
        },
        Watched[1] with
        {
            Name = "pods by WatchList",
            Verb = "watch",
        },
    ];

    private const string Databases = "/apis/shop.example.com/v1/namespaces/shop/databases";
    private const string Web = """{"app":"web"}""";
    private const string Deployments = "/apis/apps/v1/namespaces/shop/deployments";

    private static JsonObject Deployment(int available, string progressing = "True", string reason = "NewReplicaSetAvailable") =>
        JsonNode
            .Parse(
                $$$"""
                {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","generation":1},"spec":{"replicas":2},
                 "status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":{{{available}}},
                  "conditions":[{"type":"Progressing","status":"{{{progressing}}}","reason":"{{{reason}}}","message":"why"}]}}
                """
            )!
            .AsObject();

    private static JsonObject Database(string condition, string status) =>
        JsonNode
            .Parse(
                $$$"""
                {"kind":"Database","apiVersion":"shop.example.com/v1","metadata":{"name":"orders","generation":1},
                 "status":{"observedGeneration":1,"conditions":[{"type":"{{{condition}}}","status":"{{{status}}}","reason":"why"}]}}
                """
            )!
            .AsObject();

    private static JsonObject EndpointsObject(string addresses) =>
        JsonNode
            .Parse(
                $$$"""
                {"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"redis"},"subsets":[{"{{{addresses}}}":[{"ip":"10.0.0.1"}]}]}
                """
            )!
            .AsObject();
}
