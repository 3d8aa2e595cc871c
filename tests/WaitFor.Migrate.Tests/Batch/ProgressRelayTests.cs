using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using WaitFor.Kubernetes;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>The annotation by which the gate learns how far a batched script is, and the line of the log.</summary>
public sealed class ProgressRelayTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    [PostgresTheory]
    [InlineData("POD_NAME")]
    [InlineData("HOSTNAME")]
    public async Task Progress_is_left_on_the_own_pod_and_taken_away_at_the_end(string variable)
    {
        await using var scene = await Scene.CreateAsync(variable, Answers.Json("{}"));

        await scene.RunAsync("--progress --namespace shop");

        Assert.Equal(["V43__fill.sql 75 %, about 4 s left", null], scene.Patches);
        Assert.Contains("V43__fill.sql: 75 %, about 4 s left: 300 rows changed, 300 read in 3 batches (size now 100)", scene.Log.All);
        Assert.Equal(["/api/v1/namespaces/shop/pods/db-1"], scene.Server.Requests.Select(request => request.Path).Distinct());
    }

    [PostgresFact]
    public async Task Without_the_option_nothing_is_asked()
    {
        await using var scene = await Scene.CreateAsync("POD_NAME", Answers.Json("{}"));

        await scene.RunAsync("--namespace shop");

        Assert.Empty(scene.Server.Requests);
        Assert.Contains(scene.Log.All, line => line.StartsWith("V43__fill.sql: 75 %", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task A_refusal_is_one_warning_and_the_migration_goes_on()
    {
        await using var scene = await Scene.CreateAsync(
            "POD_NAME",
            Answers.Status(403, "Forbidden", "pods \"db-1\" is forbidden: User \"migrator\" cannot patch resource \"pods\"")
        );

        await scene.RunAsync("--progress --namespace shop");

        Assert.Equal(
            [
                "warning: --progress: pods \"db-1\" is forbidden: User \"migrator\" cannot patch resource \"pods\" (HTTP 403); allow the "
                    + "verb "
                    + "patch on pods in namespace shop; the migration continues without it",
            ],
            scene.Warnings
        );
        Assert.Single(scene.Server.Requests);
        Assert.Equal(["400"], await scene.Bed.QueryAsync("SELECT sum(n) FROM t"));
    }

    [PostgresTheory]
    [InlineData("500")]
    [InlineData("reset")]
    public async Task A_fault_that_may_pass_is_passed_over(string fault)
    {
        await using var scene = await Scene.CreateAsync(
            "POD_NAME",
            fault == "reset" ? Answers.Reset : Answers.Status(500, "InternalError", "no leader")
        );

        await scene.RunAsync("--progress --namespace shop");

        Assert.Empty(scene.Warnings);
        Assert.Equal(["400"], await scene.Bed.QueryAsync("SELECT sum(n) FROM t"));
    }

    [PostgresTheory]
    [InlineData("no cluster", "--progress: ")]
    [InlineData("no pod", "--progress: no pod's name (POD_NAME, from the downward API: metadata.name) was found; the migration "
        + "continues without it")]
    public async Task Outside_of_a_pod_it_is_one_warning(string what, string warning)
    {
        await using var scene = await Scene.CreateAsync(what == "no pod" ? "OTHER" : "POD_NAME", Answers.Json("{}"));
        if (what == "no cluster")
            File.Delete(scene.Kubeconfig);

        await scene.RunAsync("--progress --namespace shop");

        Assert.StartsWith("warning: " + warning, Assert.Single(scene.Warnings), StringComparison.Ordinal);
        Assert.Equal(["400"], await scene.Bed.QueryAsync("SELECT sum(n) FROM t"));
    }

    [Theory]
    [InlineData("V43__fill.sql 42 %, about 6 min left", "V43__fill.sql 42 %, about 6 min left")]
    [InlineData("one\ntwo\u001b[31m\u202ethree ", "one two [31m three")]
    [InlineData("", "")]
    public void The_text_is_one_line_without_control_characters(string text, string expected) =>
        Assert.Equal(expected, PodAnnotation.Clean(text));

    [Fact]
    public void The_text_is_not_too_long()
    {
        Assert.Equal(new string('x', 120) + "...", PodAnnotation.Clean(new string('x', 10_000)));
        Assert.Equal(new string('x', 119) + "...", PodAnnotation.Clean(new string('x', 119) + "😀😀"));
    }

    /// <summary>A script of four batches with pauses of six seconds, and an API server that takes patches.</summary>
    private sealed class Scene(FakeApiServer server, Bed bed, string variable) : IAsyncDisposable
    {
        private readonly List<string?> _patches = [];

        public FakeApiServer Server => server;

        public Bed Bed => bed;

        public LogLines Log { get; } = new();

        public IReadOnlyList<string?> Patches => _patches;

        public IEnumerable<string> Warnings => Log.All.Where(line => line.StartsWith("warning", StringComparison.Ordinal));

        public string Kubeconfig => Path.Combine(bed.Folder, "kubeconfig");

        public static async Task<Scene> CreateAsync(string variable, WaitFor.Testing.Answer answer)
        {
            var bed = await Bed.CreateAsync();
            await bed.ExecuteAsync(
                "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)",
                "INSERT INTO t SELECT generate_series(1, 400)",
                "ANALYZE t"
            );
            bed.Write(
                "V43__fill.sql",
                "-- migrate: batch table=t key=id size=100 min=100 max=100 pause=6s\nUPDATE t SET n = n + 1 WHERE ${batch};\n"
            );
            var scene = new Scene(await FakeApiServer.StartAsync(), bed, variable);
            var ca = Path.Combine(bed.Folder, "ca.crt");
            await File.WriteAllTextAsync(ca, scene.Server.Authority.Pem);
            await File.WriteAllTextAsync(scene.Kubeconfig, ApiObjects.Kubeconfig(scene.Server.Address, $"certificate-authority: {ca}"));
            scene.Server.Always(_ => true, async context =>
            {
                Assert.Equal("PATCH", context.Request.Method);
                using var reader = new StreamReader(context.Request.Body);
                var patch = JsonNode.Parse(await reader.ReadToEndAsync(context.RequestAborted))!["metadata"]!["annotations"]!.AsObject();
                scene._patches.Add((string?)Assert.Single(patch).Value);
                Assert.Equal("migrate.wait-for.dev/progress", patch.Single().Key);
                await answer(context);
            });
            return scene;
        }

        /// <summary>Runs with a clock that goes on in the pauses alone.</summary>
        public async Task RunAsync(string options)
        {
            var time = new ManualTimeProvider();
            var environment = Bed.Environment();
            environment[variable] = "db-1";
            var run = new Commands(
                Bed.Options($"up --baseline-on-migrate --baseline-version 0 --kubeconfig {Kubeconfig} {options}"),
                environment,
                time,
                Log.Logger
            ).RunAsync(CancellationToken.None);
            for (var pause = 0; pause < 3; pause++)
            {
                await Task.WhenAny(run, time.TimerAsync(left => left == Pause));
                time.Advance(Pause);
            }

            await run.WaitAsync(TimeSpan.FromSeconds(30));
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            bed.Dispose();
        }
    }
}
