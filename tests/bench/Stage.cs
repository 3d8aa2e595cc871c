using System.Globalization;
using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>One server, one namespace, and how the three programs are called on it.</summary>
internal sealed class Stage(ControlPlane server, Tools tools, string ns)
{
    private static readonly TimeSpan ControllerLimit = TimeSpan.FromSeconds(60);

    /// <summary>From 1.30 on the server checks a Job's status: how the controller gets to the end must be told, too.</summary>
    private static readonly Version ChecksStatus = new(1, 30);

    private int jobs;

    /// <summary>The environment that all children get, and nothing else: no proxy, no configuration of the caller's. HOME takes kubectl's
    /// discovery cache.</summary>
    public IReadOnlyDictionary<string, string> Plain { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = server.Folder, ["PATH"] = "/usr/bin:/bin" };

    /// <summary>The same, with the host's certificate store out of reach (the variables are OpenSSL's and Go's).</summary>
    public IReadOnlyDictionary<string, string> NoStore =>
        new Dictionary<string, string>(Plain, StringComparer.Ordinal)
        {
            ["SSL_CERT_FILE"] = "/nonexistent",
            ["SSL_CERT_DIR"] = "/nonexistent",
        };

    /// <summary>Where everything is.</summary>
    public string Namespace => ns;

    /// <summary>A file of this name that goes with the server's folder.</summary>
    public string File(string name) => Path.Combine(server.Folder, name);

    /// <summary>wait-for on a Job.</summary>
    public string[] WaitFor(string job, string timeout = "2m", params string[] more) =>
        [tools.WaitFor, $"job/{job}", "-n", ns, "--kubeconfig", server.KubeConfigFile, "--timeout", timeout, .. more];

    /// <summary>wait-for on a target of any kind.</summary>
    public string[] WaitForTarget(string target) =>
        [tools.WaitFor, target, "-n", ns, "--kubeconfig", server.KubeConfigFile, "--timeout", "2m"];

    /// <summary>The gate on all objects of a manifest.</summary>
    public string[] WaitForFile(string file) =>
        [tools.WaitFor, "-f", file, "-n", ns, "--kubeconfig", server.KubeConfigFile, "--timeout", "2m"];

    /// <summary>kubectl wait on a Job.</summary>
    public string[] Kubectl(string job, string timeout = "2m", params string[] more) =>
        KubectlOf(["wait", "--for=condition=complete", $"--timeout={timeout}", $"job/{job}", .. more]);

    /// <summary>kubectl with these arguments.</summary>
    public string[] KubectlOf(params string[] arguments) =>
        [tools.Kubectl, $"--kubeconfig={server.KubeConfigFile}", "-n", ns, .. arguments];

    /// <summary>curl: one GET of a Job.</summary>
    public string[] Curl(string job) => CurlOf($"{JobsPath}/{job}");

    /// <summary>curl: a watch on a Job.</summary>
    public string[] CurlWatch(string job) => CurlOf($"{JobsPath}?watch=1&fieldSelector=metadata.name={job}");

    private string JobsPath => $"/apis/batch/v1/namespaces/{ns}/jobs";

    private string[] CurlOf(string path) =>
        [
            tools.Curl,
            "--silent",
            "--fail",
            "--max-time",
            "120",
            "--cacert",
            server.CaFile,
            "--header",
            $"Authorization: Bearer {server.AdminToken}",
            new Uri(server.Server, path).AbsoluteUri,
        ];

    /// <summary>
    /// Creates Jobs and waits until their controller has come to rest: a pod was made, and there is no scheduler that would
    /// ever start it. So a Job stays as it is until its status is written here.
    /// </summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> RunningJobsAsync(int count)
    {
        var names = Enumerable.Range(0, count).Select(_ => string.Create(CultureInfo.InvariantCulture, $"job-{++jobs}")).ToList();
        foreach (var name in names)
            await server.Admin.PostAsync(JobsPath, Job(name));
        var limit = DateTime.UtcNow + ControllerLimit;
        foreach (var name in names)
        {
            while (
                await server.Admin.GetAsync($"{JobsPath}/{name}") is var job
                && ((int?)job?["status"]?["active"] != 1 || job["status"]?["startTime"] is null)
            )
            {
                if (DateTime.UtcNow > limit)
                    throw new MeasureException($"the Job controller did not start {name}");
                await Task.Delay(20);
            }
        }

        return names;
    }

    /// <summary>A Job that is complete, and stays so.</summary>
    public async Task<string> CompleteJobAsync()
    {
        var job = (await RunningJobsAsync(1))[0];
        await FinishAsync(job, failed: false);
        await StaysFinishedAsync(job, "Complete");
        return job;
    }

    /// <summary>A Deployment without replicas, whose rollout is complete as soon as its controller has seen it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="replicas">How many replicas; with one or more it never becomes complete, as no kubelet starts a pod.</param>
    public async Task<string> CompleteDeploymentAsync(string name = "web", int replicas = 0)
    {
        var path = $"/apis/apps/v1/namespaces/{ns}/deployments";
        var template = JsonNode.Parse("""{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"none"}]}}""");
        await server.Admin.PostAsync(
            path,
            new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "Deployment",
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = new JsonObject
                {
                    ["replicas"] = replicas,
                    ["selector"] = JsonNode.Parse("""{"matchLabels":{"app":"web"}}"""),
                    ["template"] = template,
                },
            }
        );
        var limit = DateTime.UtcNow + ControllerLimit;
        while ((await server.Admin.GetAsync($"{path}/{name}"))?["status"]?["conditions"] is null)
        {
            if (DateTime.UtcNow > limit)
                throw new MeasureException("the Deployment's controller did not see it");
            await Task.Delay(20);
        }

        return name;
    }

    /// <summary>Writes the end of a Job into its status, in one PATCH.</summary>
    public Task FinishAsync(string job, bool failed)
    {
        // https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/batch/validation/validation.go: no counts of running pods,
        // a completionTime (not before startTime) with Complete and only there, and the condition that comes first.
        var now = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var conditions = new JsonArray();
        if (server.KubernetesVersion >= ChecksStatus)
            conditions.Add(Condition(failed ? "FailureTarget" : "SuccessCriteriaMet", now));
        conditions.Add(Condition(failed ? "Failed" : "Complete", now));
        var status = new JsonObject
        {
            ["active"] = null,
            ["ready"] = null,
            ["terminating"] = null,
            ["conditions"] = conditions,
        };
        status[failed ? "failed" : "succeeded"] = 1;
        if (!failed)
            status["completionTime"] = now;
        return server.Admin.SetJobStatusAsync(ns, job, status);
    }

    /// <summary>The controller must leave a finished Job alone.</summary>
    /// <exception cref="MeasureException">It does not.</exception>
    public async Task StaysFinishedAsync(string job, string condition)
    {
        await Task.Delay(500);
        var found = await server.Admin.GetAsync($"{JobsPath}/{job}");
        if (found?["status"]?["conditions"] is not JsonArray conditions || !conditions.Any(item => (string?)item?["type"] == condition))
            throw new MeasureException($"the Job controller took {condition} back from {job}");
    }

    /// <summary>
    /// Waits until no namespace is on its way out: the control plane tries its controllers with one, and the namespace
    /// controller lists the Jobs in it when it is deleted, which would be counted as a program's request.
    /// </summary>
    /// <exception cref="MeasureException">It stays.</exception>
    public async Task NoNamespaceEndsAsync()
    {
        var limit = DateTime.UtcNow + ControllerLimit;
        while (
            (await server.Admin.GetAsync("/api/v1/namespaces"))!["items"]!
                .AsArray()
                .Any(item => (string?)item!["status"]!["phase"] == "Terminating")
        )
        {
            if (DateTime.UtcNow > limit)
                throw new MeasureException("a namespace that was deleted does not go away");
            await Task.Delay(100);
        }
    }

    /// <summary>
    /// How many requests on Jobs (get, list, watch) in a namespace the server has answered. A watch counts when it has ended.
    /// The controllers ask for all namespaces (scope "cluster") and do not count.
    /// </summary>
    public Task<int> RequestsOnJobsAsync() => OnJobsAsync(["apiserver_request_total"], "GET", "LIST", "WATCH");

    /// <summary>How many watches on Jobs in a namespace the server has open. The metric's name has changed with 1.23.</summary>
    public Task<int> OpenWatchesOnJobsAsync() => OnJobsAsync(["apiserver_longrunning_gauge", "apiserver_longrunning_requests"], "WATCH");

    private async Task<int> OnJobsAsync(string[] names, params string[] verbs)
    {
        var metrics = (string?)await server.Admin.GetAsync("/metrics") ?? "";
        return metrics
            .Split('\n')
            .Where(line =>
                names.Any(name => line.StartsWith(name + "{", StringComparison.Ordinal))
                && Has(line, "resource", "jobs")
                && Has(line, "subresource", "")
                && !Has(line, "scope", "cluster")
                && verbs.Any(verb => Has(line, "verb", verb))
            )
            .Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture));

        static bool Has(string line, string label, string value) =>
            line.Contains($",{label}=\"{value}\"", StringComparison.Ordinal)
            || line.Contains($"{{{label}=\"{value}\"", StringComparison.Ordinal);
    }

    private static JsonObject Condition(string type, string now) =>
        new()
        {
            ["type"] = type,
            ["status"] = "True",
            ["lastProbeTime"] = now,
            ["lastTransitionTime"] = now,
            ["reason"] = "Bench",
            ["message"] = "",
        };

    private static JsonObject Job(string name) =>
        new()
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["restartPolicy"] = "Never",
                        ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "none" }),
                    },
                },
            },
        };
}
