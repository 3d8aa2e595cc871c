using WaitFor.Cluster.Tests.Examples;

namespace WaitFor.Cluster.Tests.Kinds;

/// <summary>The same arguments to real kubectl and to the gate, on the same objects: the same answer where kubectl is right. Where it is
/// not, docs/kubectl-differences.md gives the reason.</summary>
public sealed class BesideKubectlTests
{
    /// <summary>Arguments, and whether each says that it is so.</summary>
    private static readonly (string Words, bool Kubectl, bool Gate)[] Rows =
    [
        Same("wait job/done --for=condition=complete", true),
        Same("wait job/done --for=condition=Complete=True", true),
        Same("wait --for=condition=complete --timeout=2s job/done", true),
        Same("wait job/busy --for=condition=complete", false),
        Same("wait job/broken --for=condition=complete", false),
        Same("wait job/broken --for=condition=failed", true),
        Same("wait job/done job/broken --for=condition=complete", false),
        Same("wait job --all --for=condition=complete", false),
        Same("wait jobs -l app=none --for=condition=complete", false),
        Same("wait job.batch/done --for=jsonpath={.status.succeeded}=1", true),
        Same("wait pod/ready --for=condition=Ready", true),
        Same("wait pod/ready --for=condition=ready", true),
        Same("wait --for=condition=Ready pod ready", true),
        Same("wait pod ready unready --for=condition=Ready", false),
        Same("wait pod -l app=shop --for=condition=Ready", true),
        Same("wait pods --selector=app=shop --for condition=Ready", true),
        Same("wait pod/ready --for=condition=Ready=False", false),
        Same("wait pod/unready --for=condition=Ready=false", true),
        Same("wait pod/ready --for=jsonpath={.status.phase}=Running", true),
        Same("wait pod/ready --for=jsonpath='{.status.phase}'=Running", true),
        Same("wait pod/ready --for=jsonpath={.status.phase}=Failed", false),
        Same("wait pod/ready --for=jsonpath={.status.podIP}", true),
        Same("wait pod/ready --for=jsonpath={.status.nothing}", false),
        Same("wait pod/ready --for=jsonpath={.spec.containers[0].image}=app:v1", true),
        Same("wait pod/ready --for=jsonpath={.spec.containers[-1:].image}=app:v1", true),
        Same("wait pod/ready --for=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=True", true),
        Same("wait pod/ready --for=jsonpath={.spec.containers[*].name}=app", true),
        Same("wait pod/ready --for=create", true),
        Same("wait pod/none --for=create", false),
        Same("wait pod/none --for=condition=Ready", false),
        Same("wait pod/none --for=delete", true),
        Same("wait pod/ready --for=delete", false),
        Same("wait deployment/web --for=condition=available", true),
        Same("wait deploy/web --for=condition=Available=True", true),
        Same("wait deployment/stuck --for=condition=available", false),
        Same("wait deployment --all --for=condition=available", false),
        Same("rollout status deployment/web", true),
        Same("rollout status deployment web", true),
        Same("rollout status deploy/web --watch=false", true),
        Same("rollout status deployment/stuck", false),
        Same("rollout status deployment/web --revision=1", true),
        Same("wait ns/default --for=jsonpath={.status.phase}=Active", true),
        Same("wait apiservice/v1.apps --for=condition=Available", true),
        Same("wait configmap/data --for=jsonpath={.data.key}=value", true),
        ("wait pod/ready --for=jsonpath={..image}=app:v1", Kubectl: false, Gate: true),
        ("wait configmap/data --for=jsonpath={.data.empty}", Kubectl: true, Gate: false),
        ("wait pod/leaving --for=condition=Ready", Kubectl: true, Gate: false),
    ];

    [DryRunFact]
    public async Task The_answer_is_kubectls_where_that_is_right()
    {
        using var cluster = await Cluster.CreateAsync();
        await StageAsync(cluster);
        // Fills kubectl's discovery cache, which the others would fill at the same time.
        await AskKubectlAsync(cluster, Rows[0].Words);

        var wrong = await Task.WhenAll(Rows.Chunk(8).Select(async rows =>
        {
            var found = new List<string>();
            foreach (var (words, kubectl, expected) in rows)
            {
                var theirs = await AskKubectlAsync(cluster, words);
                await using var gate = cluster.Gate(string.Join(' ', Arguments(words)));
                var ours = await gate.ExitAsync();
                if (theirs.ExitCode == 0 != kubectl)
                    found.Add($"{words}: kubectl ended with {theirs.ExitCode}: {theirs.Errors}{theirs.Output}");
                if (ours == 0 != expected || ours is not (0 or 1 or 124))
                    found.Add($"{words}: the gate ended with {ours}: {gate.Log}");
            }

            return found;
        }));

        Assert.Empty(wrong.SelectMany(found => found));
    }

    private static (string, bool, bool) Same(string words, bool answer) => (words, answer, answer);

    private static Task<Ended> AskKubectlAsync(Cluster cluster, string words) => cluster.KubectlAsync(Arguments(words));

    /// <summary>As a shell gives them: without quotes, and with a short time limit where there is none.</summary>
    private static string[] Arguments(string words) =>
        [
            .. words.Replace("'", "", StringComparison.Ordinal).Split(' '),
            .. words.Contains("--timeout", StringComparison.Ordinal) ? [] : new[] { "--timeout=2s" },
        ];

    private static async Task StageAsync(Cluster cluster)
    {
        var ns = cluster.Namespace;
        foreach (var job in new[] { "done", "broken", "busy" })
            await cluster.CreateJobAsync(job);
        await cluster.FinishPodAsync("done", succeeded: true);
        await cluster.FinishPodAsync("broken", succeeded: false);
        await cluster.ConditionAsync("done", "Complete");
        await cluster.ConditionAsync("broken", "Failed");
        await cluster.CreatePodAsync("ready", ready: true, """{"app":"shop"}""");
        await cluster.CreatePodAsync("unready", ready: false);
        await cluster.CreatePodAsync("leaving", ready: true);
        await cluster.Admin.PatchAsync($"/api/v1/namespaces/{ns}/pods/leaving", Cluster.Parse("""{"metadata":{"finalizers":["a.b/c"]}}"""));
        await cluster.Admin.DeleteAsync($"/api/v1/namespaces/{ns}/pods/leaving");
        await cluster.Admin.PostAsync(
            $"/api/v1/namespaces/{ns}/configmaps",
            Cluster.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"data"},"data":{"key":"value","empty":""}}""")
        );
        foreach (var (name, replicas) in new[] { ("web", 0), ("stuck", 1) })
        {
            await cluster.Admin.PostAsync(
                $"/apis/apps/v1/namespaces/{ns}/deployments",
                Cluster.Parse(
                    $$$"""
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},
                     "spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"of":"{{{name}}}"}},
                      "template":{"metadata":{"labels":{"of":"{{{name}}}"}},"spec":{"containers":[{"name":"app","image":"none"}]} } } }
                    """
                )
            );
            await cluster.Admin.UntilAsync($"/apis/apps/v1/namespaces/{ns}/deployments/{name}", item =>
                item["status"]?["observedGeneration"] is not null && item["status"]!["conditions"] is not null
            );
        }
    }
}
