using System.Text.Json.Nodes;

namespace WaitFor.Cluster.Tests;

/// <summary>What stands in a gate's way, as the kubelet, the scheduler and people make it.</summary>
internal static class Causes
{
    private static int _events;

    /// <summary>The Job's pod runs, and its container ends with an error and leaves a message.</summary>
    public static Task FailAsync(this Cluster cluster, string pod, string message) =>
        cluster.SetContainerAsync(
            pod,
            "Failed",
            $$$"""
            "ready":false,"restartCount":0,
            "state":{"terminated":{"exitCode":1,"reason":"Error","message":"{{{message}}}",
                "startedAt":"{{{Golden.Now()}}}","finishedAt":"{{{Golden.Now()}}}"} }
            """
        );

    /// <summary>The container has ended with an error three times and waits for the next try.</summary>
    public static Task CrashLoopAsync(this Cluster cluster, string pod, string message) =>
        cluster.SetContainerAsync(
            pod,
            "Running",
            $$$"""
            "ready":false,"restartCount":3,
            "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s restarting failed container=migrate"} },
            "lastState":{"terminated":{"exitCode":1,"reason":"Error","message":"{{{message}}}",
                "startedAt":"{{{Golden.Now()}}}","finishedAt":"{{{Golden.Now()}}}"} }
            """
        );

    /// <summary>The container waits for something that does not come.</summary>
    public static Task KeepWaitingAsync(this Cluster cluster, string pod, string reason, string message) =>
        cluster.SetContainerAsync(
            pod,
            "Pending",
            $$$"""
            "ready":false,"restartCount":0,"state":{"waiting":{"reason":"{{{reason}}}","message":"{{{message}}}"} }
            """
        );

    /// <summary>A pod without a node, for which the scheduler has found none.</summary>
    public static async Task CreateUnschedulablePodAsync(this Cluster cluster, string name, string labels, string message)
    {
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/pods",
            Cluster.Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
                 "spec":{"containers":[{"name":"app","image":"app:v1"}]}}
                """
            )
        );
        await cluster.Admin.SetPodStatusAsync(
            cluster.Namespace,
            name,
            Cluster.Parse(
                $$$"""
                {"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable",
                 "message":"{{{message}}}"}]}
                """
            )
        );
    }

    /// <summary>A quota that allows no pod, once it is in force.</summary>
    public static async Task ForbidPodsAsync(this Cluster cluster, string quota)
    {
        var quotas = $"/api/v1/namespaces/{cluster.Namespace}/resourcequotas";
        await cluster.Admin.PostAsync(
            quotas,
            Cluster.Parse(
                $$$"""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"{{{quota}}}"},"spec":{"hard":{"pods":"0"} } }"""
            )
        );
        await Cluster.UntilAsync("limit in the quota's status", async () =>
            (await cluster.Admin.GetAsync($"{quotas}/{quota}"))!["status"]?["hard"]?["pods"]
        );
    }

    /// <summary>An event about an object, as a component of the cluster would record it.</summary>
    /// <param name="cluster">The cluster; the event goes to the test's namespace.</param>
    /// <param name="about">The path of the object below the namespace, such as <c>pods/web-0</c>.</param>
    /// <param name="reason">The reason in one word.</param>
    /// <param name="message">The message.</param>
    /// <param name="count">How often it was seen.</param>
    /// <param name="at">When; null for now.</param>
    public static async Task RecordEventAsync(
        this Cluster cluster,
        string about,
        string reason,
        string message,
        int count = 1,
        string? at = null
    )
    {
        var group = about.StartsWith("jobs/", StringComparison.Ordinal) ? "/apis/batch/v1" : "/api/v1";
        var item = (await cluster.Admin.GetAsync($"{group}/namespaces/{cluster.Namespace}/{about}"))!;
        var name = (string)item["metadata"]!["name"]!;
        var now = DateTime.UtcNow - DateTime.UnixEpoch;
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/events",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Event",
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"{name}.{(long)(now.TotalMilliseconds * 1e6) + Interlocked.Increment(ref _events):x}",
                }, // as the recorder: the nanosecond
                ["involvedObject"] = new JsonObject
                {
                    ["kind"] = (string?)item["kind"],
                    ["namespace"] = cluster.Namespace,
                    ["name"] = name,
                    ["uid"] = (string?)item["metadata"]!["uid"],
                },
                ["reason"] = reason,
                ["message"] = message,
                ["type"] = "Warning",
                ["count"] = count,
                ["firstTimestamp"] = at ?? Golden.Now(),
                ["lastTimestamp"] = at ?? Golden.Now(),
            }
        );
    }

    /// <summary>Completes when the Job's controller has recorded an event about it, and not about an earlier one of its name.</summary>
    public static async Task EventAsync(this Cluster cluster, string job, string reason)
    {
        var uid = (string)(await cluster.Admin.GetAsync($"/apis/batch/v1/namespaces/{cluster.Namespace}/jobs/{job}"))!["metadata"]!["uid"]!;
        await Cluster.UntilAsync($"event {reason} of the Job {job}", async () =>
            (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/events?fieldSelector=involvedObject.uid%3D{uid}"))![
                "items"
            ]!
                .AsArray()
                .FirstOrDefault(item => (string?)item!["reason"] == reason)
        );
    }

    /// <summary>Completes when there is no such Job any more.</summary>
    public static Task GoneAsync(this Cluster cluster, string job) =>
        Cluster.UntilAsync($"end of the Job {job}", async () =>
            (await cluster.Admin.GetAsync($"/apis/batch/v1/namespaces/{cluster.Namespace}/jobs?fieldSelector=metadata.name%3D{job}"))![
                "items"
            ]!.AsArray()
                is { Count: 0 } none
                ? none
                : (JsonNode?)null
        );

    /// <summary>Completes when the Job has a condition.</summary>
    public static Task ConditionAsync(this Cluster cluster, string job, string type, string? @namespace = null) =>
        Cluster.UntilAsync($"condition {type} of the Job {job}", async () =>
            (await cluster.Admin.GetAsync($"/apis/batch/v1/namespaces/{@namespace ?? cluster.Namespace}/jobs/{job}"))!
                ["status"]
                ?["conditions"]?.AsArray()
                .FirstOrDefault(condition => (string?)condition!["type"] == type)
        );

    /// <summary>Completes when the controller has written so many endpoints that are not ready.</summary>
    public static Task EndpointsAsync(this Cluster cluster, string service, int notReady) =>
        Cluster.UntilAsync($"{notReady} endpoints of the service {service} that are not ready", async () =>
            (await cluster.Admin.GetAsync($"/api/v1/namespaces/{cluster.Namespace}/endpoints/{service}"))!["subsets"]
                ?[0]
                ?["notReadyAddresses"]
                is { } addresses
            && addresses.AsArray().Count == notReady
                ? addresses
                : null
        );

    private static Task<JsonNode?> SetContainerAsync(this Cluster cluster, string pod, string phase, string status) =>
        cluster.Admin.SetPodStatusAsync(
            cluster.Namespace,
            pod,
            Cluster.Parse(
                $$$"""
                {"phase":"{{{phase}}}","containerStatuses":[{"name":"migrate","image":"shop-migrate:v42","imageID":"",{{{status}}} }]}
                """
            )
        );
}
