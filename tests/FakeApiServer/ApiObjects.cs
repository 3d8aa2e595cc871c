using System.Text.Json.Nodes;

namespace WaitFor.Testing;

/// <summary>Small objects as an API server would send them, for tests in which their details do not matter.</summary>
public static class ApiObjects
{
    /// <summary>The collection of Jobs of a namespace.</summary>
    public static string Jobs(string @namespace) => $"/apis/batch/v1/namespaces/{@namespace}/jobs";

    /// <summary>The collection of pods of a namespace.</summary>
    public static string Pods(string @namespace) => $"/api/v1/namespaces/{@namespace}/pods";

    /// <summary>The collection of services of a namespace.</summary>
    public static string Services(string @namespace) => $"/api/v1/namespaces/{@namespace}/services";

    /// <summary>The collection of EndpointSlices of a namespace.</summary>
    public static string EndpointSlices(string @namespace) => $"/apis/discovery.k8s.io/v1/namespaces/{@namespace}/endpointslices";

    /// <summary>The collection of Endpoints of a namespace.</summary>
    public static string Endpoints(string @namespace) => $"/api/v1/namespaces/{@namespace}/endpoints";

    /// <summary>The collection of ConfigMaps of a namespace.</summary>
    public static string ConfigMaps(string @namespace) => $"/api/v1/namespaces/{@namespace}/configmaps";

    /// <summary>The collection of events of a namespace.</summary>
    public static string Events(string @namespace) => $"/api/v1/namespaces/{@namespace}/events";

    /// <summary>The collection of namespaces.</summary>
    public const string Namespaces = "/api/v1/namespaces";

    /// <summary>A Job with this status (JSON).</summary>
    public static JsonObject Job(string name, string status = "{}", string labels = "{}") =>
        Parse(
            $$$"""
            {"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
             "spec":{"completions":1,"parallelism":1,"template":{"spec":{"containers":[{"name":"migrate","image":"shop-migrate:v42"}]}} },
             "status":{{{status}}} }
            """
        );

    /// <summary>A Job that has not started.</summary>
    public static JsonObject JobNew(string name) => Job(name);

    /// <summary>A Job with one active pod.</summary>
    public static JsonObject JobRunning(string name, string labels = "{}") =>
        Job(name, """{"active":1,"startTime":"2026-11-20T10:00:00Z"}""", labels);

    /// <summary>A Job that is Complete, after 17s.</summary>
    public static JsonObject JobComplete(string name, string labels = "{}") =>
        Job(
            name,
            """
            {"succeeded":1,"startTime":"2026-11-20T10:00:00Z","completionTime":"2026-11-20T10:00:17Z",
             "conditions":[{"type":"Complete","status":"True"}]}
            """,
            labels
        );

    /// <summary>A Job that failed for good.</summary>
    public static JsonObject JobFailed(string name, string labels = "{}") =>
        Job(
            name,
            """
            {"failed":1,"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded",
             "message":"Job has reached the specified backoff limit"}]}
            """,
            labels
        );

    /// <summary>A running pod, ready or not.</summary>
    public static JsonObject Pod(string name, bool ready, string labels = "{}") =>
        Parse(
            $$$"""
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
             "spec":{"containers":[{"name":"app","image":"app:v1"}]},
             "status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{{(ready ? "True" : "False")}}}"}]}}
            """
        );

    /// <summary>A Service of a type.</summary>
    public static JsonObject Service(string name, string type = "ClusterIP") =>
        Parse(
            $$$"""
            {"kind":"Service","apiVersion":"v1","metadata":{"name":"{{{name}}}"},"spec":{"type":"{{{type}}}"}}
            """
        );

    /// <summary>A slice of a service with one endpoint per value of <paramref name="ready"/>.</summary>
    public static JsonObject EndpointSlice(string service, params bool[] ready)
    {
        var slice = Parse(
            $$$"""
            {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
             "metadata":{"name":"{{{service}}}-abcde","labels":{"kubernetes.io/service-name":"{{{service}}}"}},"addressType":"IPv4"}
            """
        );
        slice["endpoints"] = new JsonArray([
            .. ready.Select(
                (isReady, i) =>
                    (JsonNode)Parse($$$"""{"addresses":["10.0.0.{{{i + 1}}}"],"conditions":{"ready":{{{(isReady ? "true" : "false")}}}}}""")
            ),
        ]);
        return slice;
    }

    /// <summary>A ConfigMap with a key for each completed Job.</summary>
    public static JsonObject Record(string name, params string[] jobs) =>
        new()
        {
            ["kind"] = "ConfigMap",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["data"] = new JsonObject(jobs.Select(job => KeyValuePair.Create(job, (JsonNode?)"2026-11-20T10:00:17Z"))),
        };

    /// <summary>A kubeconfig for a server, with a token.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="cluster">More fields of the cluster, as a line of flow YAML without braces; the CA, usually.</param>
    /// <param name="user">The fields of the user, as a line of flow YAML without braces.</param>
    /// <param name="namespace">The context's namespace.</param>
    public static string Kubeconfig(Uri server, string cluster, string user = "token: secret-token", string @namespace = "shop") =>
        $$$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "{{{server}}}", {{{cluster}}}}}]
            users: [{name: test, user: { {{{user}}} }}]
            contexts: [{name: test, context: {cluster: test, user: test, namespace: {{{@namespace}}}}}]
            """;

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
