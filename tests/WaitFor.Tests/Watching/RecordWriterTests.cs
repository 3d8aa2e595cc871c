using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using WaitFor.CommandLine;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary><c>--record-write</c> where several write to one ConfigMap.</summary>
public sealed class RecordWriterTests
{
    [Fact]
    public async Task The_Jobs_of_one_gate_do_not_stand_in_each_others_way()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var map = new Map(gate.Server);
        using var api = await gate.ConnectAsync();
        var names = Enumerable.Range(1, 12).Select(i => $"job-{i:00}").ToList();

        await WriteAsync(gate, api, names);

        Assert.Equal(names, map.Keys);
        Assert.Equal(0, map.Conflicts);
    }

    [Fact]
    public async Task Gates_of_different_Jobs_that_meet_are_all_in_time()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var map = new Map(gate.Server) { Others = 12 };
        using var api = await gate.ConnectAsync();

        var writing = WriteAsync(gate, api, ["db"]);
        while (!writing.IsCompleted)
        {
            var pause = TimeSpan.Zero;
            await Task.WhenAny(writing, gate.Time.TimerAsync(left => (pause = left) < TimeSpan.FromSeconds(0.25)));
            gate.Time.Advance(pause);
        }

        await writing;
        Assert.Equal(12, map.Conflicts);
        Assert.Equal(["db", .. Enumerable.Range(1, 12).Select(i => $"other-{i:00}")], map.Keys);
        Assert.DoesNotContain(gate.Lines.All, line => line.Contains("not written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Job_is_recorded_when_it_is_Complete_however_long_that_has_to_hold()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        var map = new Map(gate.Server);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.Records = true;
        var running = gate.RunAsync("job/db --record migrations --record-write --stable-for 1h --timeout 0");
        await gate.Lines.ContainsAsync("has the key db");
        gate.Interrupt();

        Assert.Null((await running).ExitCode);
        Assert.Equal(["db"], map.Keys);
    }

    [Fact]
    public async Task A_record_that_is_not_written_in_time_says_why()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        using var away = gate.Server.Always(
            request => request.Path.Contains("configmaps", StringComparison.Ordinal),
            Answers.Status(500, "InternalError", "etcd is away")
        );
        using var api = await gate.ConnectAsync();
        var writing = WriteAsync(gate, api, ["db"]);
        await gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(1));
        gate.Time.Advance(TimeSpan.FromSeconds(5));

        await writing;

        Assert.Contains(
            gate.Lines.All,
            line => line.Contains("completion record: not written within 5s: etcd is away (HTTP 500)", StringComparison.Ordinal)
        );
    }

    private static async Task WriteAsync(GateHarness gate, Kubernetes.ApiServer api, IReadOnlyList<string> names)
    {
        var writer = new RecordWriter(api, gate.Time, seed: 42, gate.Lines.Logger, CancellationToken.None);
        foreach (var name in names)
        {
            var target = new GateCommand(["job/" + name, "--record", "migrations", "--record-write"], _ => null).Read().Targets[0];
            var job = ApiObjects.JobComplete(name).Job();
            writer.Observe(target with { Namespace = "shop" }, JobRules.Named(target.Expected, job, FinishedJobs.None));
        }

        await writer.FinishAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>A ConfigMap as a server keeps it: a change of another version than its own is a conflict.</summary>
    private sealed class Map
    {
        private readonly Lock _lock = new();
        private JsonObject? _data;
        private int _version = 1;

        public Map(FakeApiServer server) =>
            server.Always(
                request => request.Path.Contains("/configmaps", StringComparison.Ordinal) && !request.Query.ContainsKey("fieldSelector"),
                AnswerAsync
            );

        /// <summary>How many more others change it between a reading and a change.</summary>
        public int Others { get; set; }

        public int Conflicts { get; private set; }

        public IEnumerable<string> Keys => _data!.Select(entry => entry.Key).Order(StringComparer.Ordinal);

        private async Task AnswerAsync(HttpContext context)
        {
            var sent = context.Request.Method == "GET"
                ? null
                : (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
            await Take(sent)(context);
        }

        private Answer Take(JsonObject? sent)
        {
            lock (_lock)
            {
                if (sent is null)
                {
                    var found = Text();
                    if (Others > 0)
                        Add($"other-{Others--:00}");
                    return found is null
                        ? Answers.Status(404, "NotFound", "not found")
                        : Answers.Json(found);
                }

                var from = (string?)sent["metadata"]?["resourceVersion"];
                if (_data is null ? from is not null : from != $"{_version}")
                {
                    Conflicts++;
                    return Answers.Status(409, "Conflict", "the object has been modified");
                }

                foreach (var (key, value) in sent["data"]!.AsObject())
                {
                    if (value is null)
                        _data!.Remove(key);
                    else
                        Add(key, (string)value!);
                }

                return Answers.Json(Text()!);
            }
        }

        private void Add(string key, string value = """{"time":"2026-01-01T00:00:00Z"}""")
        {
            _data ??= [];
            _data[key] = value;
            _version++;
        }

        private string? Text() =>
            _data is null
                ? null
                : $$$"""
                    {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"migrations","resourceVersion":"{{{_version}}}"},
                     "data":{{{_data.ToJsonString()}}}}
                    """;
    }
}
