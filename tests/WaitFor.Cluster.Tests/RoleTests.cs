using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>A gate runs with the Role that exists: each Role that charts ship, each kind, each situation, on a real API server.</summary>
public sealed class RoleTests
{
    /// <summary>In a rule: the name of the object that the gate waits for.</summary>
    private const string Own = "OWN";

    private static readonly Situation[] Situations = Enum.GetValues<Situation>();

    private enum Situation
    {
        MetAtOnce,
        MetLater,
        Failed,
        Never,
        RoleArrives,
        RoleTakenAway,
    }

    [ClusterFact]
    public Task Jobs() =>
        CheckAsync(
            new Stage
            {
                Argument = "job/",
                Pending = "running",
                Create = (cluster, name) => cluster.CreateJobAsync(name),
                Meet = (cluster, name) => cluster.FinishPodAsync(name, succeeded: true),
                Fail = (cluster, name) => cluster.FinishPodAsync(name, succeeded: false),
            },
            Ways("batch", "jobs")
        );

    [ClusterFact]
    public Task Pods() =>
        CheckAsync(
            new Stage
            {
                Argument = "pod/",
                Pending = "not ready",
                Create = (cluster, name) => cluster.CreatePodAsync(name, ready: false),
                Meet = (cluster, name) => cluster.SetReadyAsync(name, ready: true),
                Fail = (cluster, name) => cluster.Admin.SetPodStatusAsync(cluster.Namespace, name, Cluster.Parse("""{"phase":"Failed"}""")),
            },
            Ways("", "pods")
        );

    [ClusterFact]
    public Task Services()
    {
        var services = new AccessRule("", ["services"], ["get", "list"]);
        return CheckAsync(
            new Stage
            {
                Argument = "service/",
                Pending = "not ready",
                Create = async (cluster, name) =>
                {
                    await cluster.CreateServiceAsync(name, $$"""{"app":"{{name}}"}""");
                    await cluster.CreatePodAsync(name, ready: false, $$"""{"app":"{{name}}"}""");
                    await cluster.EndpointsAsync(name, notReady: 1);
                },
                Meet = (cluster, name) => cluster.SetReadyAsync(name, ready: true),
            },
            [
                new Way("pods", _ => true, [services, new AccessRule("", ["pods"], ["get", "list"])]),
                new Way("endpoints", _ => true, [services, new AccessRule("", ["endpoints"], ["get", "list"])]),
                new Way("endpoint", _ => true, [services, new AccessRule("", ["endpoints"], ["get"])]),
                // Before 1.21 there are no slices of v1.
                new Way(
                    "slices",
                    _ => true,
                    [
                        services,
                        new AccessRule("discovery.k8s.io", ["endpointslices"], ["get", "list", "watch"]),
                        new AccessRule("", ["endpoints"], ["list", "watch"]),
                    ]
                ),
                // What generators print that know all names.
                new Way(
                    "named",
                    _ => true,
                    [new AccessRule("", ["services"], ["get"], [Own]), new AccessRule("", ["endpoints"], ["get"], [Own])]
                ),
                new Way("pods-get", _ => false, [services, new AccessRule("", ["pods"], ["get"])]),
                new Way("alone", _ => false, [services]),
            ]
        );
    }

    private static Way[] Ways(string group, string resource) =>
        [
            new("get", _ => true, [new AccessRule(group, [resource], ["get"])]),
            new("get-list", _ => true, [new AccessRule(group, [resource], ["get", "list"])]),
            new("get-list-watch", _ => true, [new AccessRule(group, [resource], ["get", "list", "watch"])]) { Watches = _ => true },
            new("watch", cluster => cluster.SpeaksWatchList, [new AccessRule(group, [resource], ["watch"])]) { Watches = _ => true },
            new("get-watch", _ => true, [new AccessRule(group, [resource], ["get", "watch"])])
            {
                Watches = cluster => cluster.SpeaksWatchList,
            },
            new("get-named", _ => true, [new AccessRule(group, [resource], ["get"], [Own, "another"])]),
            new("list-named", _ => true, [new AccessRule(group, [resource], ["get", "list"], ["another", Own])]),
            new("list-watch-named", _ => true, [new AccessRule(group, [resource], ["list", "watch"], [Own])]) { Watches = _ => true },
            new("all", _ => true, [new AccessRule("*", ["*"], ["*"])]) { Watches = _ => true },
            new("other-name", _ => false, [new AccessRule(group, [resource], ["get", "list", "watch"], ["another"])]),
            new("status", _ => false, [new AccessRule(group, [resource + "/status"], ["get", "list", "watch"])]),
            new("other-group", _ => false, [new AccessRule("apps", [resource], ["get", "list", "watch"])]),
            new("write", _ => false, [new AccessRule(group, [resource], ["create", "delete", "patch"])]),
            new("none", _ => false, []),
        ];

    private static async Task CheckAsync(Stage stage, Way[] ways)
    {
        using var cluster = await Cluster.CreateAsync();
        var cells = ways.SelectMany(way => Situations.Select(situation => (way, situation)))
            .Where(cell => cell.situation != Situation.Failed || stage.Fail is not null)
            .ToList();

        var wrong = await Task.WhenAll(cells.Select(cell => RunAsync(cluster, stage, cell.way, cell.situation)));

        Assert.Empty(wrong.OfType<string>());
    }

    /// <summary>Runs one gate; what is wrong with its end, or null.</summary>
    private static async Task<string?> RunAsync(Cluster cluster, Stage stage, Way way, Situation situation)
    {
        var name = $"{way.Name}-{situation}".ToLowerInvariant();
        var (serves, watches, rules) = (way.Serves(cluster), way.Watches(cluster), way.RulesFor(name));
        await stage.Create(cluster, name);
        if (situation == Situation.MetAtOnce)
            await stage.Meet(cluster, name);
        var late = situation == Situation.RoleArrives;
        var token = await cluster.TokenAsync(name, late ? [] : rules);
        var role = situation == Situation.RoleTakenAway && rules.Length > 0 ? await RoleOfAsync(cluster, name) : null;
        string[] arguments =
        [
            stage.Argument + name,
            "--poll-interval",
            "1s",
            "--timeout",
            situation == Situation.Never ? "3s" : "60s",
            .. role is null ? Array.Empty<string>() : ["-v"],
        ];
        await using var gate = cluster.GateWith(token, arguments);

        if (late)
        {
            await gate.LogsAsync("forbidden");
            if (rules.Length > 0)
                await cluster.Admin.AllowAsync(cluster.Namespace, name, rules);
        }

        if (serves && situation is not (Situation.MetAtOnce or Situation.Never))
            await gate.LogsAsync(stage.Pending);
        if (role is not null && serves && watches)
            await WatchesAsync(gate);
        if (role is not null)
            await cluster.Admin.DeleteAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{cluster.Namespace}/rolebindings/{role}");
        if (role is not null && serves && !watches)
            await gate.LogsAsync("forbidden");
        else if (situation is Situation.MetLater or Situation.RoleArrives or Situation.RoleTakenAway)
            await stage.Meet(cluster, name);
        else if (situation == Situation.Failed)
            await stage.Fail!(cluster, name);

        var expected = situation switch
        {
            Situation.Never => 124,
            _ when !serves => 3,
            Situation.Failed => 1,
            // A watch that runs is not cut when its Role goes; a poll is denied.
            Situation.RoleTakenAway when !watches => 3,
            _ => 0,
        };
        var exitCode = await gate.ExitAsync();
        return exitCode == expected ? null : $"{name}: {exitCode} in place of {expected}:\n{gate.Log}\n";
    }

    /// <summary>Completes when a watch was accepted: until then a Role that goes takes it away.</summary>
    private static async Task WatchesAsync(NativeGate gate) =>
        _ = await Cluster.UntilAsync("watch", () =>
            Task.FromResult<JsonNode?>(gate.Log.Split('\n').Any(IsAcceptedWatch) ? JsonValue.Create(true) : null)
        );

    private static bool IsAcceptedWatch(string line) =>
        line.Contains("watch=1", StringComparison.Ordinal) && line.EndsWith(": HTTP 200", StringComparison.Ordinal);

    private static async Task<string> RoleOfAsync(Cluster cluster, string account)
    {
        var bindings = await cluster.Admin.GetAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{cluster.Namespace}/rolebindings");
        return (string)
            bindings!["items"]!.AsArray().Single(binding => (string)binding!["subjects"]![0]!["name"]! == account)!["metadata"]!["name"]!;
    }

    /// <summary>How objects of a kind are played.</summary>
    private sealed record Stage
    {
        /// <summary>The target without its name.</summary>
        public required string Argument { get; init; }

        /// <summary>What the log says before it is met.</summary>
        public required string Pending { get; init; }

        public required Func<Cluster, string, Task> Create { get; init; }

        public required Func<Cluster, string, Task> Meet { get; init; }

        /// <summary>Null: it cannot fail.</summary>
        public Func<Cluster, string, Task>? Fail { get; init; }
    }

    /// <summary>A Role.</summary>
    private sealed record Way(string Name, Func<Cluster, bool> Serves, AccessRule[] Rules)
    {
        /// <summary>Whether it allows to watch, as far as the server can.</summary>
        public Func<Cluster, bool> Watches { get; init; } = _ => false;

        /// <summary>Its rules for the object of this name.</summary>
        public AccessRule[] RulesFor(string name) =>
            [
                .. Rules.Select(rule =>
                    rule with
                    {
                        ResourceNames = rule.ResourceNames?.Select(one => one == Own ? name : one).ToList(),
                    }
                ),
            ];
    }
}
