using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>What <c>wait-for rbac --report</c> prints, applied as printed: enough for the wait and for a full report, and nothing in it can
/// be removed.</summary>
public sealed class RightsTests
{
    private const string Job = "db-migrate-v42";
    private const string Web = """{"app":"web"}""";

    [ClusterFact]
    public async Task For_a_Job_with_a_completion_record()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db-migrate-v41");

        await CheckAsync(
            cluster,
            ["job/" + Job, "--record", "release"],
            rights: 8,
            () => Task.FromResult("job/db-migrate-v41 exists"),
            () => FailJobAsync(cluster)
        );
    }

    [ClusterFact]
    public async Task For_pods_by_selector()
    {
        using var cluster = await Cluster.CreateAsync();

        await CheckAsync(cluster, ["pod:app=web"], rights: 4, () => CreateUnreadyPodAsync(cluster));
    }

    [ClusterFact]
    public async Task For_a_service()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateServiceAsync("shop-api-v1", """{"app":"other"}""");

        // A server before 1.21 serves no EndpointSlice v1.
        await CheckAsync(
            cluster,
            ["service/shop-api-v2"],
            rights: cluster.HasSuspend ? 8 : 6,
            () => Task.FromResult("service/shop-api-v1 exists"),
            async () =>
            {
                await cluster.CreateServiceAsync("shop-api-v2", Web);
                var fact = await CreateUnreadyPodAsync(cluster);
                await cluster.EndpointsAsync("shop-api-v2", notReady: 1);
                return fact;
            }
        );
    }

    [ClusterFact]
    public async Task For_a_Job_of_another_namespace_which_may_be_in_the_gates_own()
    {
        using var cluster = await Cluster.CreateAsync();
        var other = await cluster.AnotherNamespaceAsync();
        await cluster.CreateJobAsync(Job);

        await CheckAsync(
            cluster,
            [$"{other}/job/{Job}"],
            rights: 7,
            quiet: cluster.Namespace,
            situations: [() => Task.FromResult($"job/{Job} is in namespace {cluster.Namespace}"), () => FailJobAsync(cluster, other)]
        );
    }

    [ClusterFact]
    public async Task The_command_that_a_report_names_gives_what_it_lacked_and_takes_nothing()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db-migrate-v41");
        string[] arguments = ["job/" + Job, "--record", "release"];
        var token = await cluster.TokenAsync("gate");
        await cluster.ApplyAsync(await cluster.PrintedAsync("gate", arguments));
        var (_, report) = await RunAsync(cluster, token, arguments);

        // The namespace of whoever runs the command is another one, as a rule.
        var command = string.Join(
            ' ',
            report[report.IndexOf("wait-for rbac ", StringComparison.Ordinal)..]
                .Split("\n\n")[0]
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
        );
        var (exitCode, printed, log) = await NativeGate.RunAsync(command.Split(' '));
        Assert.True(exitCode == 0, log);
        await cluster.ApplyAsync(printed.TrimEnd('\n'));

        (_, report) = await RunAsync(cluster, token, arguments);
        AssertComplete(report, "job/db-migrate-v41 exists");
    }

    [ClusterFact]
    public async Task The_Role_that_a_denied_gate_prints_is_enough_as_it_is()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync(Job);
        await cluster.FinishPodAsync(Job, succeeded: true);
        string[] arguments = ["job/" + Job, "pod:app=none", "--min-ready", "1"];
        var token = await cluster.TokenAsync("gate");
        var (exitCode, report) = await RunAsync(cluster, token, arguments);
        Assert.Equal(124, exitCode);

        await cluster.ApplyAsync(
            report[report.IndexOf("apiVersion:", StringComparison.Ordinal)..].Split("\n\n")[0].TrimEnd('\n')
        );

        (_, report) = await RunAsync(cluster, token, arguments);
        Assert.Contains(": ready: complete", report, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Role", report, StringComparison.Ordinal);
    }

    /// <summary>Runs a gate with all rights, and one without each of them, in each situation.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="arguments">Targets and options, for rbac and for the gate.</param>
    /// <param name="rights">How many rights there are to be taken away: that none is left out.</param>
    /// <param name="situations">Each sets the stage and returns what a full report says then.</param>
    private static Task CheckAsync(Cluster cluster, string[] arguments, int rights, params Func<Task<string>>[] situations) =>
        CheckAsync(cluster, arguments, rights, quiet: null, situations);

    /// <summary>As above.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="arguments">Targets and options.</param>
    /// <param name="rights">How many rights there are.</param>
    /// <param name="quiet">A namespace whose missing rights are reported only in a pod of it: to this gate they only lack what they
    /// find.</param>
    /// <param name="situations">The situations.</param>
    private static async Task CheckAsync(Cluster cluster, string[] arguments, int rights, string? quiet, Func<Task<string>>[] situations)
    {
        var token = await cluster.TokenAsync("full");
        var printed = await cluster.PrintedAsync("full", [.. arguments, "--report"]);
        await cluster.ApplyAsync(printed);
        var roles = new List<(string Namespace, IReadOnlyList<AccessRule> Rules)>();
        foreach (var role in printed.Split("\n---\n").Where(manifest => manifest.Contains("kind: Role\n", StringComparison.Ordinal)))
            roles.Add((Cluster.NamespaceOf(role), await cluster.RulesAsync(Cluster.PathOf(role, "roles"))));
        if (!cluster.HasSuspend && roles.SelectMany(role => role.Rules).Any(rule => rule.Resources[0] == "endpointslices"))
            await cluster.Admin.AllowAsync(cluster.Namespace, "full", Endpoints);

        var lacking = (
            await Task.WhenAll(
                Lacking(cluster, roles).Select(async (lack, index) => (lack.Right, Token: await lack.TokenAsync($"lacking-{index}")))
            )
        ).ToList();
        Assert.Equal(rights, lacking.Count);

        var unnoticed = lacking.Select(lack => lack.Right).ToHashSet();
        foreach (var situation in situations)
        {
            var fact = await situation();
            var full = RunAsync(cluster, token, arguments);
            var reports = await Task.WhenAll(
                lacking.Select(async lack => (lack.Right, (await RunAsync(cluster, lack.Token, arguments)).Report))
            );
            AssertComplete((await full).Report, fact);
            foreach (var (right, report) in reports)
            {
                if (right.IsToldIn(report) || (right.Namespace == quiet && !report.Contains(fact, StringComparison.Ordinal)))
                    unnoticed.Remove(right);
            }
        }

        Assert.Empty(unnoticed);
    }

    /// <summary>Each verb away in turn; and where a whole collection may be listed, the list of the one object in place of it.</summary>
    private static IEnumerable<Lack> Lacking(Cluster cluster, List<(string Namespace, IReadOnlyList<AccessRule> Rules)> roles)
    {
        foreach (var (@namespace, rules) in roles)
        {
            foreach (var rule in rules)
            {
                var named = rules.FirstOrDefault(other => other.Resources[0] == rule.Resources[0] && other.ResourceNames is not null);
                foreach (var verb in rule.Verbs)
                {
                    // Before 1.21 v1 Endpoints take their place, and nothing is missing without them.
                    if (!cluster.HasSuspend && rule.Resources[0] == "endpointslices")
                        continue;
                    var right = new TakenRight(@namespace, rule.Resources[0], verb, Narrowed: false);
                    var less = rule with { Verbs = [.. rule.Verbs.Where(other => other != verb)] };
                    yield return new Lack(
                        cluster,
                        right,
                        [
                            .. roles.Select(role =>
                                (role.Namespace, (IReadOnlyList<AccessRule>)[.. role.Rules.Select(other => other == rule ? less : other)])
                            ),
                        ]
                    );
                    if (rule.ResourceNames is not null || named is null)
                        continue;
                    less = rule with { ResourceNames = named.ResourceNames };
                    yield return new Lack(
                        cluster,
                        right with
                        {
                            Narrowed = true,
                        },
                        [
                            .. roles.Select(role =>
                                (role.Namespace, (IReadOnlyList<AccessRule>)[.. role.Rules.Select(other => other == rule ? less : other)])
                            ),
                        ]
                    );
                }
            }
        }
    }

    private static AccessRule Endpoints { get; } = new("", ["endpoints"], ["list", "watch"]);

    private static void AssertComplete(string report, string fact)
    {
        Assert.Contains(fact, report, StringComparison.Ordinal);
        Assert.DoesNotContain("not read:", report, StringComparison.Ordinal);
        Assert.DoesNotContain("missing permission", report, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Role", report, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Report)> RunAsync(Cluster cluster, string token, string[] arguments)
    {
        await using var gate = cluster.GateWith(token, [.. arguments, "--timeout", "2s"]);
        var exitCode = await gate.ExitAsync();
        return (exitCode, Golden.ReportOf(gate.Log));
    }

    private static async Task<string> FailJobAsync(Cluster cluster, string? @namespace = null)
    {
        @namespace ??= cluster.Namespace;
        await cluster.CreateJobAsync(Job, @namespace, nodeName: Kubelet.Node);
        var pod = await cluster.UnfinishedPodAsync(Job, @namespace);
        (await Kubelet.OfAsync(cluster.Admin)).Log(@namespace, pod, "migrate", "lock timeout");
        await cluster.FinishPodAsync(Job, succeeded: false, @namespace);
        await cluster.ConditionAsync(Job, "Failed", @namespace);
        return $"{pod}: lock timeout";
    }

    private static async Task<string> CreateUnreadyPodAsync(Cluster cluster)
    {
        await cluster.CreatePodAsync("web-0", ready: false, Web);
        (await Kubelet.OfAsync(cluster.Admin)).Log(cluster.Namespace, "web-0", "app", "cache: warming up");
        await cluster.RecordEventAsync("pods/web-0", "Unhealthy", "Readiness probe failed");
        return "web-0: Readiness probe failed";
    }

    /// <summary>A right that was taken away.</summary>
    private sealed record TakenRight(string Namespace, string Resource, string Verb, bool Narrowed)
    {
        /// <summary>The wait tells it with the API server's words, the report with its own.</summary>
        public bool IsToldIn(string report)
        {
            var unwrapped = report.Replace("\n          ", " ", StringComparison.Ordinal);
            return report.Contains($"cannot {Verb} resource \"{Resource}\"", StringComparison.Ordinal)
                || unwrapped.Contains($"cannot {Verb} {Resource} in namespace {Namespace} (permission missing)", StringComparison.Ordinal)
                || unwrapped.Contains($"missing permission to {Verb} {Resource} in namespace {Namespace}", StringComparison.Ordinal);
        }
    }

    /// <summary>The Roles without one right.</summary>
    private sealed record Lack(Cluster Cluster, TakenRight Right, IReadOnlyList<(string Namespace, IReadOnlyList<AccessRule> Rules)> Roles)
    {
        /// <summary>The token of a new service account with the rights that are left.</summary>
        public async Task<string> TokenAsync(string account)
        {
            var token = await Cluster.TokenAsync(account);
            foreach (var (@namespace, rules) in Roles)
            {
                AccessRule[] left = [.. rules.Where(rule => rule.Verbs.Count > 0)];
                if (!Cluster.HasSuspend && left.Any(rule => rule.Resources[0] == "endpointslices"))
                    left = [.. left, Endpoints];
                if (left.Length > 0)
                    await Cluster.Admin.AllowAcrossAsync(@namespace, Cluster.Namespace, account, left);
            }

            return token;
        }
    }
}
