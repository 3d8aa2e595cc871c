using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Discovery;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>The exact report about objects as a Kubernetes 1.36 left them, compared with Golden/NAME.txt. <c>WAITFOR_RENEW=1</c> in the
/// environment of the test writes the files again: read the difference before it is committed.</summary>
public sealed class GoldenReportTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse(
        "2026-11-29T11:00:00Z",
        System.Globalization.CultureInfo.InvariantCulture
    );

    /// <summary>The file's name, the recording, what the gate waits for, the line of the watch (0: the end), and whether that has
    /// failed.</summary>
    [Theory]
    [InlineData("progress-deadline", "deployment-progress-deadline", "deployment/web", 0, true)]
    [InlineData("workload-crash-loop", "deployment-crashloop", "deployment/web")]
    [InlineData("workload-quota", "deployment-quota-blocked", "deployment/web", 4)]
    [InlineData("workload-image", "deployment-cannot-start", "deployment/no-image")]
    [InlineData("workload-image-name", "deployment-cannot-start", "deployment/bad-name")]
    [InlineData("workload-config", "deployment-cannot-start", "deployment/no-configmap")]
    [InlineData("statefulset-stuck", "statefulset-pod-stuck", "statefulset/web")]
    [InlineData("claim-unbound", "pvc-wait-for-first-consumer", "pvc/data")]
    [InlineData("definition-names", "crd-names-conflict", "crd/gates2.gate.example.com", 0, true)]
    [InlineData("definition-missing", "crd-names-conflict", "crd/widgets.shop.example.com")]
    [InlineData("kind-missing", "crd-names-conflict", "widgets.shop.example.com/one")]
    [InlineData("custom-resource", "custom-resource-conditions", "databases.shop.example.com/orders", 5)]
    [InlineData("custom-resource-stalled", "custom-resource-conditions", "databases.shop.example.com/orders", 10, true)]
    [InlineData("namespace-terminating", "namespace-terminating", "namespace/rec-namespace-terminating --for=delete", 2)]
    public async Task A_report_is_the_one_in_its_file(string name, string scenario, string words, int line = 0, bool fails = false)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var server = gate.Server;
        Put("deployments", "Deployment", "/apis/apps/v1/{0}/deployments");
        Put("replicasets", "ReplicaSet", "/apis/apps/v1/{0}/replicasets");
        Put("statefulsets", "StatefulSet", "/apis/apps/v1/{0}/statefulsets");
        Put("pods", "Pod", "/api/v1/{0}/pods");
        Put("events", "Event", "/api/v1/{0}/events");
        Put("persistentvolumeclaims", "PersistentVolumeClaim", "/api/v1/{0}/persistentvolumeclaims");
        Put("customresourcedefinitions", "CustomResourceDefinition", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
        if (scenario == "deployment-quota-blocked")
            server.Objects.Put($"/apis/apps/v1/namespaces/rec-{scenario}/deployments", Recording.Line(scenario, "deployments", line));
        if (scenario == "custom-resource-conditions")
            server.Objects.Put(
                $"/apis/shop.example.com/v1/namespaces/rec-{scenario}/databases",
                Recording.Line(scenario, "databases", line)
            );
        if (scenario == "namespace-terminating")
            server.Objects.Put("/api/v1/namespaces", Recording.Line(scenario, "namespaces", line));
        server.Always(request => request.Path == "/api", Answers.Json(DiscoveryDocuments.Groups()));
        server.Always(
            request => request.Path == "/apis",
            Answers.Json(
                name == "kind-missing"
                    ? DiscoveryDocuments.Groups()
                    : DiscoveryDocuments.Groups(("shop.example.com", "databases", "Database", "Namespaced"))
            )
        );
        server.Log(Answers.Text(200, "connecting to postgres:5432\npanic: no such table: orders\n"));

        // One that fails ends by itself; the clock stands meanwhile.
        var arguments = $"{words} -n rec-{scenario}";
        var result = await (fails ? gate.RunAsync(arguments) : gate.EndAsync(arguments));
        gate.Time.Advance(Now - gate.Time.GetUtcNow());
        var facts = await gate.CollectAsync(result);

        Compare(name, ReportText.Termination(new Diagnosis(result, facts)));

        void Put(string resource, string kind, string collection)
        {
            var path = collection.Replace("{0}", $"namespaces/rec-{scenario}", StringComparison.Ordinal);
            // The quota was raised in the end: what is true then is no part of that report.
            foreach (var item in line > 0 ? [] : Recording.EndItems(scenario, resource))
                server.Objects.Put(path, item.With("kind", kind));
        }
    }

    private static void Compare(string name, string text)
    {
        var file = Path.Combine(Repository.Root, "tests", "WaitFor.Tests", "Report", "Golden", name + ".txt");
        text += "\n";
        if (Renewal.IsOn)
            File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
        Assert.InRange(text.Split('\n').Length, 1, 60);
    }
}
