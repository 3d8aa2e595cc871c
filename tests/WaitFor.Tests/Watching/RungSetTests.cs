using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>As <see cref="RungTableTests"/>, for sets of pods and Jobs and for services: their tables on each rung.</summary>
public sealed class RungSetTests
{
    private static readonly string[] Verbs = ["list,watch", "watch", "list"];

    /// <summary>What tells the endpoints, and the verbs on the service and on it.</summary>
    private static readonly (string Source, string Service, string Verbs)[] Sources =
    [
        ("endpointslices", "list,watch", "list,watch"),
        ("endpointslices", "watch", "watch"),
        ("endpointslices", "get", "list"),
        ("endpoints", "list,watch", "list,watch"),
        ("endpoints", "watch", "watch"),
        ("endpoints", "list", "list"),
        ("endpoints", "get", "get"),
        ("pods", "list,watch", "list,watch"),
        ("pods", "watch", "watch"),
        ("pods", "get", "list"),
    ];

    [Theory]
    [MemberData(nameof(SetStates.Pods), MemberType = typeof(SetStates))]
    public async Task A_set_of_pods_has_its_verdicts_on_each_rung(
        string row,
        string pods,
        string pod,
        string failedEnd,
        string ifSomeSucceeded
    )
    {
        _ = row;
        foreach (var (word, expected) in new[] { ("pod", pod), ("pod-we", failedEnd), ("pod-wr", ifSomeSucceeded) })
            await CheckSetAsync(word, "pods", ApiObjects.Pods("shop"), "Pod", "v1", SetStates.PodObjects(pods), expected);
    }

    [Theory]
    [MemberData(nameof(SetStates.Jobs), MemberType = typeof(SetStates))]
    public async Task A_set_of_Jobs_has_its_verdicts_on_each_rung(string jobs, string job, string failedEnd, string ifSomeSucceeded)
    {
        foreach (var (word, expected) in new[] { ("job", job), ("job-we", failedEnd), ("job-wr", ifSomeSucceeded) })
            await CheckSetAsync(word, "jobs", ApiObjects.Jobs("shop"), "Job", "batch/v1", SetStates.JobObjects(jobs), expected);
    }

    [Theory]
    [MemberData(nameof(ServiceStates.Table), MemberType = typeof(ServiceStates))]
    public async Task A_service_has_its_verdict_on_each_rung_and_by_each_source(string slices, int? least, string expected, string sentence)
    {
        foreach (var (source, service, verbs) in Sources)
        {
            var said = sentence;
            Action<ObjectStore> put = objects => PutSlices(objects, slices);
            if (source == "endpoints")
            {
                // Endpoints know neither a pod that ends, nor what a published one says itself.
                if (slices.Contains("terminating", StringComparison.Ordinal) || slices.Contains("published", StringComparison.Ordinal))
                    continue;
                put = objects => objects.Put(ApiObjects.Endpoints("shop"), EndpointsOf(slices));
            }
            else if (source == "pods")
            {
                var pods = PodsOf(slices).ToList();
                put = objects => pods.ForEach(pod => objects.Put(ApiObjects.Pods("shop"), pod));
                var states = pods.Select(pod => StateReader.Pod(Encoding.UTF8.GetBytes(pod.ToJsonString())));
                var verdict = ServiceRules.NamedByPods(Asked.Service with { MinReady = least }, Service().Service(), states);
                // Where pods stand for them, an address family counts for nothing.
                Assert.Equal(expected.Split(' ')[0], verdict.Short().Split(' ')[0]);
                (expected, said) = (verdict.Short(), verdict.Sentence);
            }

            await CheckAsync(
                $"services={service}; {source}={verbs}",
                "service/web" + (least is null ? "" : $" --min-ready {least}"),
                objects =>
                {
                    objects.Put(ApiObjects.Services("shop"), Service());
                    put(objects);
                },
                expected,
                said
            );
        }
    }

    private static async Task CheckSetAsync(
        string word,
        string resource,
        string path,
        string kind,
        string version,
        IEnumerable<JsonObject> items,
        string expected
    )
    {
        var stored = items.Select(item => item.With("metadata.namespace", "shop").Label("set", "all")).ToList();
        stored.ForEach(item => (item["kind"], item["apiVersion"]) = (kind, version));
        foreach (var verbs in Verbs)
            await CheckAsync(
                $"{resource}={verbs}",
                $"{word}:set=all --expect-label version=2",
                objects => stored.ForEach(item => objects.Put(path, item.DeepClone().AsObject())),
                expected
            );
    }

    private static async Task CheckAsync(string role, string words, Action<ObjectStore> put, string expected, string? sentence = null)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        _ = new FakeRole(gate.Server, role);
        put(gate.Server.Objects);

        var result = await gate.EndAsync(words);

        var verdict = result.Targets[0].Verdict;
        Assert.True(expected == verdict.Short(), $"{words} with {role}: {verdict.Short()}, expected {expected}: {result.Message}");
        Assert.Equal(sentence ?? verdict.Sentence, verdict.Sentence);
        var exit = verdict.Kind switch
        {
            VerdictKind.Met => ExitCode.Met,
            VerdictKind.Failed => ExitCode.Failed,
            _ => ExitCode.TimedOut,
        };
        Assert.Equal(exit, result.ExitCode);
    }

    private static JsonObject Service()
    {
        var service = ServiceStates.Web().With("metadata.namespace", "shop");
        (service["kind"], service["apiVersion"]) = ("Service", "v1");
        return service;
    }

    private static void PutSlices(ObjectStore objects, string slices)
    {
        foreach (var slice in ServiceStates.Slices(slices, withPods: true))
        {
            (slice["kind"], slice["apiVersion"]) = ("EndpointSlice", "discovery.k8s.io/v1");
            objects.Put(ApiObjects.EndpointSlices("shop"), slice.With("metadata.namespace", "shop"));
        }
    }

    private static JsonObject EndpointsOf(string slices)
    {
        var subsets = new JsonArray();
        foreach (var slice in slices.Split('|'))
        {
            var (ready, unready) = (new JsonArray(), new JsonArray());
            foreach (var (pod, state) in Endpoints(slice))
                (state == "unready" ? unready : ready).Add(
                    JsonNode.Parse(
                        $$$"""{"ip":"10.0.0.{{{(int)pod[0]}}}","targetRef":{"kind":"Pod","name":"{{{pod}}}","namespace":"shop"} }"""
                    )
                );
            var subset = new JsonObject();
            if (ready.Count > 0)
                subset["addresses"] = ready;
            if (unready.Count > 0)
                subset["notReadyAddresses"] = unready;
            subsets.Add((JsonNode)subset);
        }

        return new JsonObject
        {
            ["kind"] = "Endpoints",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "shop" },
            ["subsets"] = subsets,
        };
    }

    /// <summary>The pods behind the endpoints: what the worst of their endpoints says.</summary>
    private static IEnumerable<JsonObject> PodsOf(string slices)
    {
        foreach (var pod in Endpoints(slices.Replace('|', ' ')).GroupBy(pair => pair.Pod, pair => pair.State))
        {
            var item = PodStates.ByName[
                pod.Any(state => state is "unready" or "published") ? "unready"
                : pod.Any(state => state.Contains("terminating", StringComparison.Ordinal)) ? "deleting"
                : "ready"
            ]()
                .Named(pod.Key)
                .With("metadata.namespace", "shop");
            (item["kind"], item["apiVersion"]) = ("Pod", "v1");
            item["metadata"]!["labels"] = Service()["spec"]!["selector"]!.DeepClone();
            yield return item;
        }
    }

    private static IEnumerable<(string Pod, string State)> Endpoints(string slice) =>
        slice.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(':')).Select(pair => (pair[0], pair[1]));
}
