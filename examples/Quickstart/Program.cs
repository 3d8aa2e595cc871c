// The main job in twenty seconds, with nothing but the .NET SDK: an API server inside this process, two migration Jobs,
// and the real gate waiting for each, as an init container would. KubernetesClient plays kubectl and the Job controller.
using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using WaitFor.Testing;

const string Namespace = "shop";

var folder = Directory.CreateTempSubdirectory("wait-for-quickstart-").FullName;
try
{
    await using var server = await FakeApiServer.StartAsync();
    server.TakeWrites();
    Say($"an API server runs at {server.Address} (embedded in this process)");
    var config = Path.Combine(folder, "config");
    await File.WriteAllTextAsync(
        config,
        ApiObjects.Kubeconfig(
            server.Address,
            $"certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(server.Authority.Pem))}"
        )
    );
    using var cluster = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(config)));

    var opened = await PlayAsync("db-migrate-v42", CompleteAsync);
    Console.WriteLine();
    var failed = await PlayAsync("db-migrate-v43", FailAsync);
    Console.WriteLine();

    Say($"the gate ended with {opened} for the Job that completed, and with {failed} for the one that failed");
    return opened == 0 && failed == 1 ? 0 : 1;

    async Task<int> PlayAsync(string job, Func<string, Task> endAsync)
    {
        Say($"$ wait-for job/{job} --timeout 1m");
        var gate = RunGate("job/" + job, "--timeout", "1m", "--kubeconfig", config);
        await server.ArrivedAsync(request => request.IsWatch && request.Query["fieldSelector"].EndsWith(job, StringComparison.Ordinal), 1);
        await StepAsync("the Job is created", () => cluster.BatchV1.CreateNamespacedJobAsync(Job(job), Namespace));
        await StepAsync("its pod runs", () => SetStatusAsync(job, new JsonObject { ["active"] = 1, ["startTime"] = Now() }));
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        await StepAsync("its pod ends", () => endAsync(job));
        var exitCode = await gate;
        var then = exitCode == 0 ? "the pod's containers start" : "the pod's containers stay out, the old release goes on serving";
        Say($"exit code {exitCode}: {then}");
        return exitCode;
    }

    Task CompleteAsync(string job) =>
        SetStatusAsync(
            job,
            new JsonObject
            {
                ["active"] = null,
                ["succeeded"] = 1,
                ["completionTime"] = Now(),
                ["conditions"] = Conditions(
                    "SuccessCriteriaMet",
                    "Complete",
                    "CompletionsReached",
                    "Reached expected number of succeeded pods"
                ),
            }
        );

    // The failed pod has said which script it was, as migrate does in its termination message.
    async Task FailAsync(string job)
    {
        await cluster.CoreV1.CreateNamespacedPodAsync(FailedPod(job), Namespace);
        await SetStatusAsync(
            job,
            new JsonObject
            {
                ["active"] = null,
                ["failed"] = 1,
                ["conditions"] = Conditions(
                    "FailureTarget",
                    "Failed",
                    "BackoffLimitExceeded",
                    "Job has reached the specified backoff limit"
                ),
            }
        );
    }

    // A merge patch in plain JSON: null removes a field, which an object of the client cannot express.
    Task SetStatusAsync(string job, JsonObject status) =>
        cluster.BatchV1.PatchNamespacedJobStatusAsync(
            new V1Patch(new JsonObject { ["status"] = status }.ToJsonString(), V1Patch.PatchType.MergePatch),
            job,
            Namespace
        );
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static V1Job Job(string name) =>
    new()
    {
        ApiVersion = $"{V1Job.KubeGroup}/{V1Job.KubeApiVersion}",
        Kind = V1Job.KubeKind,
        Metadata = new V1ObjectMeta { Name = name, CreationTimestamp = DateTime.UtcNow },
        Spec = new V1JobSpec
        {
            BackoffLimit = 0,
            Completions = 1,
            Parallelism = 1,
            Template = new V1PodTemplateSpec { Spec = PodSpec(name) },
        },
    };

static V1Pod FailedPod(string job) =>
    new()
    {
        ApiVersion = V1Pod.KubeApiVersion,
        Kind = V1Pod.KubeKind,
        Metadata = new V1ObjectMeta
        {
            Name = $"{job}-x2x7k",
            CreationTimestamp = DateTime.UtcNow,
            Labels = new Dictionary<string, string> { ["job-name"] = job },
        },
        Spec = PodSpec(job),
        Status = new V1PodStatus
        {
            Phase = "Failed",
            ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "migrate",
                    Image = Image(job),
                    ImageID = "",
                    State = new V1ContainerState
                    {
                        Terminated = new V1ContainerStateTerminated
                        {
                            ExitCode = 1,
                            Reason = "Error",
                            Message = "V12__add_index.sql: lock timeout",
                        },
                    },
                },
            ],
        },
    };

static V1PodSpec PodSpec(string job) => new() { Containers = [new V1Container { Name = "migrate", Image = Image(job) }] };

// The release is the end of the Job's name.
static string Image(string job) => $"shop-migrate:{job[(job.LastIndexOf('-') + 1)..]}";

// The Job controller writes two conditions at the end, since 1.31.
static JsonArray Conditions(string first, string last, string reason, string message) =>
    new(Condition(first, reason, message), Condition(last, reason, message));

static JsonObject Condition(string type, string reason, string message) =>
    new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["reason"] = reason,
        ["message"] = message,
        ["lastTransitionTime"] = Now(),
    };

static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

// What the cluster does, a moment after the last.
static async Task StepAsync(string what, Func<Task> actAsync)
{
    await Task.Delay(TimeSpan.FromMilliseconds(300));
    Say(what);
    await actAsync();
}

// The program itself, as its own process.
static async Task<int> RunGate(params string[] arguments)
{
    var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "wait-for.exe" : "wait-for");
    using var process = System.Diagnostics.Process.Start(executable, arguments);
    await process.WaitForExitAsync();
    return process.ExitCode;
}

// On a terminal it takes the place of the gate's progress line.
static void Say(string line) =>
    Console.WriteLine(
        $"{(Console.IsOutputRedirected ? "" : "\r\u001b[K")}{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} -- {line}"
    );
