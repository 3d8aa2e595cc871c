using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>The completion record, against a scripted API server. (The real one is in WaitFor.Cluster.Tests.)</summary>
public sealed class RecordTests
{
    private static readonly string Path = ApiObjects.ConfigMaps("shop") + "/migrations";

    [PostgresFact]
    public async Task It_is_made_where_it_does_not_exist()
    {
        await using var scene = await Scene.CreateAsync();
        var (exitCode, log) = await scene.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.EndsWith("completion record: written to ConfigMap migrations, key db-42", log, StringComparison.Ordinal);
        Assert.Equal(["GET", "POST"], scene.Calls);
        var made = JsonNode.Parse(scene.Stored!)!;
        Assert.Equal(
            ("v1", "ConfigMap", "migrations"),
            ((string)made["apiVersion"]!, (string)made["kind"]!, (string)made["metadata"]!["name"]!)
        );
        var value = JsonNode.Parse((string)made["data"]!["db-42"]!)!.AsObject();
        Assert.Equal(["release", "version", "time"], value.Select(entry => entry.Key));
        Assert.Equal(("v42", "1"), ((string)value["release"]!, (string)value["version"]!));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)value["time"]!);
    }

    [PostgresFact]
    public async Task It_is_patched_where_it_exists_and_the_newest_twenty_stay()
    {
        await using var scene = await Scene.CreateAsync();
        var data = new JsonObject
        {
            ["not-json"] = "x",
            ["no-time"] = "{}",
            ["number"] = """{"time":5}""",
            ["surrogate"] = """{"time":"\ud800"}""",
        };
        for (var hour = 0; hour < 22; hour++)
            data[$"job-{hour}"] = $$"""{"time":"2026-11-20T{{hour:00}}:00:00Z"}""";
        scene.Stored = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "migrations" },
            ["data"] = data,
        }.ToJsonString();

        Assert.Equal(0, (await scene.RunAsync()).ExitCode);

        Assert.Equal(["GET", "PATCH"], scene.Calls);
        var patch = JsonNode.Parse(scene.Patches.Single())!["data"]!.AsObject();
        Assert.Equal(
            ["db-42", "job-0", "job-1", "job-2", "no-time", "not-json", "number", "surrogate"],
            patch.Select(entry => entry.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(patch.Where(entry => entry.Key != "db-42"), entry => Assert.Null(entry.Value));
    }

    [PostgresFact]
    public async Task Another_Job_makes_it_at_the_same_moment()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Faults.Enqueue(("POST", 409, "AlreadyExists", "configmaps \"migrations\" already exists"));
        scene.AfterFault = () =>
            scene.Stored = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"migrations"},"data":{"other":"{}"}}""";

        Assert.Equal(0, (await scene.RunAsync()).ExitCode);
        Assert.Equal(["GET", "POST", "GET", "PATCH"], scene.Calls);
    }

    [PostgresFact]
    public async Task The_API_server_is_down_and_comes_up()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Faults.Enqueue(("GET", 503, "ServiceUnavailable", "apiserver not ready"));
        scene.Faults.Enqueue(("POST", 500, "InternalError", "etcdserver: leader changed"));

        var (exitCode, log) = await scene.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal(["GET", "GET", "POST", "GET", "POST"], scene.Calls);
        Assert.Contains("trying again", log, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_missing_right_fails_the_Job_and_the_migration_stays_done()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Faults.Enqueue(
            ("GET", 403, "Forbidden", "configmaps \"migrations\" is forbidden: User \"x\" cannot get resource \"configmaps\"")
        );

        var (exitCode, message) = await scene.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.StartsWith(
            "the migration is done and stays done, but its completion record could not be written to ConfigMap shop/migrations: ",
            message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "; allow the verbs get, create and patch on the ConfigMap migrations in namespace shop (create cannot be restricted to a "
                + "name); start the Job again: it then only writes the record",
            message,
            StringComparison.Ordinal
        );
        Assert.Equal(["1|V1__t.sql|True"], await scene.Bed.HistoryAsync());
        Assert.Equal(["succeeded"], await scene.Bed.QueryAsync("SELECT status FROM schema_deployment_log"));
        // The Job again: nothing to migrate, the record is written.
        Assert.Equal(0, (await scene.RunAsync()).ExitCode);
        Assert.NotNull(scene.Stored);
    }

    [PostgresFact]
    public async Task A_failed_migration_leaves_no_record()
    {
        await using var scene = await Scene.CreateAsync();
        scene.Bed.Write("V2__bad.sql", "BROKEN");

        Assert.Equal(1, (await scene.RunAsync()).ExitCode);
        Assert.Empty(scene.Calls);
    }

    [PostgresFact]
    public async Task A_record_needs_a_key()
    {
        using var bed = await Bed.CreateAsync();
        var (exitCode, message) = await bed.EndAsync("up --record migrations");
        Assert.Equal(2, exitCode);
        Assert.StartsWith("--record: the key is missing; give --record-key, or set JOB_NAME", message, StringComparison.Ordinal);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly FakeApiServer _server;
        private readonly List<string> _calls = [];
        private readonly List<string> _patches = [];

        private Scene(FakeApiServer server, Bed bed) => (_server, Bed) = (server, bed);

        public Bed Bed { get; }

        public string? Stored { get; set; }

        public Queue<(string Method, int Code, string Reason, string Message)> Faults { get; } = new();

        public Action? AfterFault { get; set; }

        public IReadOnlyList<string> Calls => _calls;

        public IReadOnlyList<string> Patches => _patches;

        public static async Task<Scene> CreateAsync()
        {
            var bed = await Bed.CreateAsync();
            bed.Write("V1__t.sql", "CREATE TABLE t (id int);");
            var server = await FakeApiServer.StartAsync();
            var ca = System.IO.Path.Combine(bed.Folder, "ca.crt");
            await File.WriteAllTextAsync(ca, server.Authority.Pem);
            await File.WriteAllTextAsync(
                System.IO.Path.Combine(bed.Folder, "kubeconfig"),
                ApiObjects.Kubeconfig(server.Address, $"certificate-authority: {ca}")
            );
            var scene = new Scene(server, bed);
            server.Always(request => request.Resource is "configmaps" or "migrations", scene.AnswerAsync);
            return scene;
        }

        public Task<(int ExitCode, string Message)> RunAsync() =>
            Bed.EndAsync(
                $"up --release v42 --record migrations --record-key db-42 --kubeconfig {System.IO.Path.Combine(Bed.Folder, "kubeconfig")}"
            );

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            Bed.Dispose();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            var method = context.Request.Method;
            _calls.Add(method);
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            if (Faults.TryPeek(out var fault) && fault.Method == method)
            {
                Faults.Dequeue();
                AfterFault?.Invoke();
                await Answers.Status(fault.Code, fault.Reason, fault.Message)(context);
                return;
            }

            var found = Stored;
            if (method == "POST")
            {
                Assert.Equal(
                    (ApiObjects.ConfigMaps("shop"), "application/json"),
                    (context.Request.Path.Value!, context.Request.ContentType!.Split(';')[0])
                );
                Stored = body;
            }
            else if (method == "PATCH")
            {
                Assert.Equal(
                    (Path, "application/merge-patch+json"),
                    (context.Request.Path.Value!, context.Request.ContentType!.Split(';')[0])
                );
                _patches.Add(body);
            }

            await (
                method == "GET" && found is null
                    ? Answers.Status(404, "NotFound", "configmaps \"migrations\" not found")
                    : Answers.Json(Stored ?? "{}")
            )(context);
        }
    }
}
