using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Watching;

/// <summary>The tables of the verdicts on each rung of the ladder of access: what a Role allows decides how a state is read, never what it
/// means.</summary>
public sealed class RungTableTests
{
    private static readonly string[] Verbs = ["list,watch", "watch", "list", "get"];

    public static TheoryData<string> Jobs =>
        [.. JobStates.Table.Where(row => row.Asked.OnMissing == OnMissing.Wait).Select(row => row.State)];

    private static readonly (Tolerance, string)[] Words =
    [
        (Tolerance.None, "job"),
        (Tolerance.FailedEnd, "job-we"),
        (Tolerance.IfSomeSucceeded, "job-wr"),
    ];

    public static TheoryData<string> Pods => [.. PodStates.ByName.Keys];

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_Job_has_its_verdict_on_each_rung(string state)
    {
        var row = JobStates.Table.Single(row => row.State == state);
        foreach (var (tolerance, word) in Words)
            await CheckAsync(word, "jobs", ApiObjects.Jobs("shop"), row.Object(), row.Asked, row.For(tolerance));
    }

    [Theory]
    [MemberData(nameof(Pods))]
    public async Task A_pod_has_its_verdict_on_each_rung(string state)
    {
        var pod = PodStates.ByName[state]();
        var expected = PodRules.Named(Asked.Pod, StateReader.Pod(Encoding.UTF8.GetBytes(pod.ToJsonString()))).Short();
        await CheckAsync("pod", "pods", ApiObjects.Pods("shop"), pod, Asked.Pod, expected);
    }

    private static async Task CheckAsync(
        string word,
        string resource,
        string path,
        JsonObject? item,
        Expectation asked,
        string expected
    )
    {
        var name = (string?)item?["metadata"]?["name"] ?? "none";
        var options = string.Concat(asked.Labels.Select(label => $" --expect-label {label.Key}={label.Value}"))
            + string.Concat(asked.Images.Select(image => $" --expect-image {image}"));
        foreach (var verbs in Verbs)
        {
            await using var gate = await GateHarness.StartAsync(jump: false);
            _ = new FakeRole(gate.Server, $"{resource}={verbs}");
            if (item is not null)
            {
                var stored = item.DeepClone().AsObject();
                // Items of a recorded list do not say what they are; an object that is read by its name does.
                (stored["kind"], stored["apiVersion"]) = resource == "jobs" ? ("Job", "batch/v1") : ("Pod", "v1");
                stored["metadata"]!["namespace"] = "shop";
                gate.Server.Objects.Put(path, stored);
            }

            var result = await gate.EndAsync($"{word}/{name}{options}");

            var verdict = result.Targets[0].Verdict;
            Assert.True(expected == verdict.Short(), $"{word} with {verbs}: {verdict.Short()}, expected {expected}: {result.Message}");
            var exit = verdict.Kind switch
            {
                VerdictKind.Met => ExitCode.Met,
                VerdictKind.Failed => ExitCode.Failed,
                _ => ExitCode.TimedOut,
            };
            Assert.Equal(exit, result.ExitCode);
        }
    }
}
