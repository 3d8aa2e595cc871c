using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>Whose log is read, and how much of it.</summary>
public sealed class LogTests
{
    public static TheoryData<string, string?> Containers =>
        new()
        {
            { "failed", "main" },
            { "waits for its next start", "main, the run before" },
            { "runs again, not ready yet", "main, the run before" },
            { "runs again for long", "main" },
            { "runs", "main" },
            { "an init container failed", "prepare" },
            { "waits for its image", null },
            { "has no node", null },
        };

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task The_log_of_the_container_that_says_most_is_read(string state, string? log)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(
            ApiObjects.Pods("rec-pod-crashloop"),
            (
                state switch
                {
                    "failed" => Recording.Line("pod-crashloop", "pods", 6),
                    "waits for its next start" => Recording.Line("pod-crashloop", "pods", 9),
                    "runs again, not ready yet" => Again(gate.Time.GetUtcNow() - TimeSpan.FromMinutes(9)),
                    "runs again for long" => Again(gate.Time.GetUtcNow() - TimeSpan.FromMinutes(10)),
                    "runs" => Recording.Line("pod-crashloop", "pods", 5).Condition("Ready", "False"),
                    "an init container failed" => Recording
                        .Line("pod-crashloop", "pods", 3)
                        .With("status.initContainerStatuses", new JsonArray(HintRow.Container("prepare", HintRow.End(1, "Error")))),
                    "waits for its image" => Recording.Line("pod-crashloop", "pods", 3),
                    _ => Recording.Line("pod-crashloop", "pods", 6).Without("spec.nodeName"),
                }
            ).With("kind", "Pod")
        );
        gate.Server.Log(Answers.Text(200, "a line\n"));
        var result = await gate.EndAsync("pod/crash -n rec-pod-crashloop");

        var pod = (await gate.CollectAsync(result)).Targets[0].Pods[0];

        Assert.Equal(log?.Split(',')[0], pod.LogContainer);
        Assert.Equal(log?.EndsWith("the run before", StringComparison.Ordinal) == true, pod.LogPrevious);
        Assert.Equal(log is null ? [] : ["a line"], pod.Log);
        Assert.Equal(
            log is null ? [] : [log],
            gate.Server.Requests.Where(request => request.Resource == "log")
                .Select(request => request.Query["container"] + (request.Query.ContainsKey("previous") ? ", the run before" : ""))
        );
    }

    private static JsonObject Again(DateTimeOffset since) =>
        Recording
            .Line("pod-crashloop", "pods", 13)
            .Condition("Ready", "False")
            .With("status.containerStatuses.0.ready", false)
            .With(
                "status.containerStatuses.0.lastState.terminated.finishedAt",
                since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
            );

    [Fact]
    public async Task A_sidecars_log_is_read_only_where_nothing_else_runs()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(
            ApiObjects.Pods("rec-pod-crashloop"),
            Recording
                .Line("pod-crashloop", "pods", 5)
                .Condition("Ready", "False")
                .With("kind", "Pod")
                .With("spec.initContainers", new JsonArray(new JsonObject { ["name"] = "proxy", ["restartPolicy"] = "Always" }))
                .With("status.initContainerStatuses", new JsonArray(HintRow.Runs("proxy")))
        );
        gate.Server.Log(Answers.Text(200, "a line\n"));
        var result = await gate.EndAsync("pod/crash -n rec-pod-crashloop");

        Assert.Equal("main", (await gate.CollectAsync(result)).Targets[0].Pods[0].LogContainer);
    }

    [Fact]
    public async Task Lines_without_end_are_cut_and_only_the_last_twenty_are_kept()
    {
        var pod = await LogOfAsync(
            Answers.Text(200, string.Join('\n', Enumerable.Range(0, 30).Select(i => $"{i} {new string('x', 1_000_000)}")))
        );

        Assert.Equal(20, pod.Log.Count);
        Assert.StartsWith("10 xxx", pod.Log[0], StringComparison.Ordinal);
        Assert.All(pod.Log, line => Assert.Equal(300, line.Length));
        Assert.All(pod.Log, line => Assert.EndsWith("x…", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_have_no_control_characters_and_are_not_cut_within_one()
    {
        var pod = await LogOfAsync(Answers.Text(200, $"\u001b[31mred\u001b[0m\r\n\tdone\u202e\n{new string('y', 298)}😀😀\n \n\n"));

        Assert.Equal(["[31mred [0m", "done", new string('y', 298) + "…"], pod.Log);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_as_such()
    {
        var pod = await LogOfAsync(Answers.Bytes([.. "half a "u8, 0xF0, 0x9F, .. "\nwhole"u8]));

        Assert.Equal(["half a \uFFFD", "whole"], pod.Log);
        Assert.Equal(pod.Log[0], Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(pod.Log[0])));
    }

    private static async Task<PodFacts> LogOfAsync(Answer log)
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Put("pod-crashloop");
        gate.Server.Log(log);
        var result = await gate.EndAsync("pod/crash -n rec-pod-crashloop");

        var facts = await gate.CollectAsync(result);

        Assert.Empty(facts.Gaps);
        return facts.Targets[0].Pods[0];
    }
}
