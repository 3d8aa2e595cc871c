// The main job in twenty seconds, with nothing but the .NET SDK: an API server inside this process, two migration Jobs,
// and the real gate waiting for each, as an init container would.
using System.Globalization;
using System.Text.Json.Nodes;
using WaitFor.Testing;

var folder = Directory.CreateTempSubdirectory("wait-for-quickstart-").FullName;
try
{
    await using var server = await FakeApiServer.StartAsync();
    Say($"an API server runs at {server.Address} (embedded in this process)");
    var config = Path.Combine(folder, "config");
    await File.WriteAllTextAsync(
        config,
        ApiObjects.Kubeconfig(
            server.Address,
            $"certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(server.Authority.Pem))}"
        )
    );

    var opened = await PlayAsync("db-migrate-v42", Complete);
    Console.WriteLine();
    var failed = await PlayAsync("db-migrate-v43", (job, _) => Fail(job));
    Console.WriteLine();

    Say($"the gate ended with {opened} for the Job that completed, and with {failed} for the one that failed");
    return opened == 0 && failed == 1 ? 0 : 1;

    async Task<int> PlayAsync(string job, Func<string, DateTimeOffset, JsonObject> end)
    {
        Say($"$ wait-for job/{job} --timeout 1m");
        var gate = RunGate("job/" + job, "--timeout", "1m", "--kubeconfig", config);
        await server.ArrivedAsync(request => request.IsWatch && request.Query["fieldSelector"].EndsWith(job, StringComparison.Ordinal), 1);
        await StepAsync("the Job is created", ApiObjects.JobNew(job));
        await StepAsync("its pod runs", ApiObjects.JobRunning(job));
        var start = DateTimeOffset.UtcNow;
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        await StepAsync("its pod ends", end(job, start));
        var exitCode = await gate;
        Say(
            $"exit code {exitCode}: {(exitCode == 0 ? "the pod's containers start" : "the pod's containers stay out, the old release goes on serving")}"
        );
        return exitCode;
    }

    // The failed pod has said which script it was, as migrate does in its termination message.
    JsonObject Fail(string job)
    {
        var pod = ApiObjects.Pod($"{job}-x2x7k", ready: false, $$"""{"job-name":"{{job}}"}""");
        pod["status"] = JsonNode.Parse(
            """
            {"phase":"Failed","containerStatuses":[{"name":"migrate","ready":false,"restartCount":0,
             "state":{"terminated":{"exitCode":1,"reason":"Error","message":"V12__add_index.sql: lock timeout"} } }]}
            """
        );
        server.Objects.Put(ApiObjects.Pods("shop"), pod);
        return ApiObjects.JobFailed(job);
    }

    async Task StepAsync(string what, JsonObject job)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        Say(what);
        server.Objects.Put(ApiObjects.Jobs("shop"), job);
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static JsonObject Complete(string job, DateTimeOffset start) =>
    ApiObjects.Job(
        job,
        $$"""{"succeeded":1,"startTime":"{{start:O}}","completionTime":"{{DateTimeOffset.UtcNow:O}}","conditions":[{"type":"Complete","status":"True"}]}"""
    );

// The program itself, in a process of its own.
static async Task<int> RunGate(params string[] arguments)
{
    var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "wait-for.exe" : "wait-for");
    using var process = System.Diagnostics.Process.Start(executable, arguments);
    await process.WaitForExitAsync();
    return process.ExitCode;
}

static void Say(string line) => Console.WriteLine($"{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} -- {line}");
