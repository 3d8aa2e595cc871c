using System.Text.Json.Nodes;
using WaitFor.Kubernetes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>A row of the tables of hints: what stands there, and all that the rules find about it, the likeliest cause first.</summary>
internal sealed record HintRow(string Name, Func<Scene> Scene, params Hint[] Expected)
{
    public static TheoryData<string> NamesOf(IEnumerable<HintRow> table) => [.. table.Select(row => row.Name)];

    /// <summary>Rule, fact and action of every hint, and their order.</summary>
    public static void Check(IEnumerable<HintRow> table, string name)
    {
        var row = table.Single(row => row.Name == name);

        Assert.Equal(row.Expected, HintRules.Of(row.Scene().Facts()));
    }

    /// <summary>The end of a container.</summary>
    public static JsonObject End(int exitCode, string reason, int? signal = null, string at = "03:29:30", string? message = null)
    {
        var ended = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["reason"] = reason,
            ["finishedAt"] = $"2026-11-20T{at}Z",
        };
        if (message is not null)
            ended["message"] = message;
        if (signal is not null)
            ended["signal"] = signal;
        return ended;
    }

    /// <summary>The state of a container that waits.</summary>
    public static JsonObject Waiting(string reason, string? message = null)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message is not null)
            waiting["message"] = message;
        return new JsonObject { ["waiting"] = waiting };
    }

    /// <summary>A container that ended.</summary>
    public static JsonObject Container(string name, JsonObject ended) =>
        new()
        {
            ["name"] = name,
            ["ready"] = false,
            ["restartCount"] = 0,
            ["state"] = new JsonObject { ["terminated"] = ended },
        };

    /// <summary>A container that runs.</summary>
    public static JsonObject Runs(string name) =>
        new()
        {
            ["name"] = name,
            ["ready"] = true,
            ["restartCount"] = 0,
            ["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = "2026-11-20T03:25:00Z" } },
        };

    /// <summary>Another object of the namespace.</summary>
    public static JsonObject Neighbour(string name, string? app = null, string? hook = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (app is not null)
            metadata["labels"] = new JsonObject { ["app"] = app };
        if (hook is not null)
            metadata["annotations"] = new JsonObject { ["helm.sh/hook"] = hook };
        return new JsonObject { ["metadata"] = metadata };
    }

    /// <summary>A Job whose pod runs.</summary>
    public static Scene Running() =>
        new("job/migrate")
        {
            Namespace = "rec-job-running-at-start",
            Jobs = Recording.FirstItems("job-running-at-start", "jobs"),
            Pods = Recording.FirstItems("job-running-at-start", "pods"),
            Events = Recording.FirstItems("job-running-at-start", "events"),
        };

    /// <summary>A recorded refusal.</summary>
    public static ApiFault Denied(string recording) =>
        ApiFault.FromAnswer(403, headers: null, System.Text.Encoding.UTF8.GetBytes(Recording.Error(recording)));
}
