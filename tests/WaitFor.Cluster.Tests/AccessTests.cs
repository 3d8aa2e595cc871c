using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>RBAC and tokens as a real API server sees them.</summary>
public sealed class AccessTests
{
    private static readonly string[] ListWatch = ["list", "watch"];

    [ClusterFact]
    public async Task Without_a_Role_the_gate_ends_with_3_and_prints_the_Role()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("nobody");

        await using var gate = cluster.GateWith(token, ["job/db"]);

        Assert.Equal(3, await gate.ExitAsync());
        Assert.Contains(
            $"User \"system:serviceaccount:{cluster.Namespace}:nobody\" cannot list resource \"jobs\" in API group \"batch\"",
            gate.Log,
            StringComparison.Ordinal
        );
        Assert.Contains("  resources: [jobs]\n  resourceNames: [db]\n  verbs: [list, watch]\n---\n", gate.Log, StringComparison.Ordinal);
        Assert.Contains($"- {{kind: ServiceAccount, name: nobody, namespace: {cluster.Namespace}}}\n", gate.Log, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_Role_that_comes_a_moment_later_is_in_time()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("late");
        await using var gate = cluster.GateWith(token, ["job/db"]);
        await gate.LogsAsync("is forbidden");
        await cluster.Admin.AllowAsync(cluster.Namespace, "late", new AccessRule("batch", ["jobs"], ListWatch));
        await gate.LogsAsync("API server: answers again");
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task A_Role_for_the_one_Job_by_its_name_is_enough()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("scoped", new AccessRule("batch", ["jobs"], ListWatch, ["db"]));
        await using var gate = cluster.GateWith(token, ["job/db"]);
        await gate.LogsAsync("job/db: not found");
        await cluster.CreateJobAsync("db");
        await gate.LogsAsync("job/db: running");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
    }

    [ClusterFact]
    public async Task What_rbac_prints_is_enough_as_it_is_and_nothing_can_be_removed()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);
        await cluster.CreatePodAsync("web-0", ready: true, """{"app":"web"}""");
        string[] targets = ["job/db", "pod:app=web"];
        var token = await cluster.TokenAsync("gate");
        var printed = await cluster.PrintedAsync("gate", targets);
        await cluster.ApplyAsync(printed);
        var role = await cluster.Admin.GetAsync(Cluster.PathOf(printed, "roles"));
        var rules = role!["rules"]!.AsArray();

        await using var enough = cluster.GateWith(token, targets);
        Assert.True(await enough.ExitAsync() == 0, enough.Log);

        // Each verb away in turn: without list a gate is denied (a server with WatchList needs none), without watch it polls and says so.
        var denied = new List<Task<(string Missing, int ExitCode, string Log)>>();
        foreach (var (rule, verb) in rules.SelectMany((rule, index) => rule!["verbs"]!.AsArray().Select(verb => (index, (string)verb!))))
            denied.Add(WithoutAsync(cluster, rules, rule, verb));

        Assert.Equal(4, denied.Count);
        Assert.All(await Task.WhenAll(denied), gate =>
        {
            var polls = gate.Missing.EndsWith("watch", StringComparison.Ordinal);
            Assert.True(gate.ExitCode == (polls || cluster.SpeaksWatchList ? 124 : 3), gate.Missing + gate.Log);
            Assert.Equal(polls, gate.Log.Contains("cannot watch", StringComparison.Ordinal));
        });
    }

    private static async Task<(string Missing, int ExitCode, string Log)> WithoutAsync(
        Cluster cluster,
        System.Text.Json.Nodes.JsonArray rules,
        int rule,
        string verb
    )
    {
        var name = $"without-{rule}-{verb}";
        var reduced = rules
            .Select(
                (one, index) =>
                    new AccessRule(
                        (string)one!["apiGroups"]![0]!,
                        [(string)one["resources"]![0]!],
                        [.. one["verbs"]!.AsArray().Select(kept => (string)kept!).Where(kept => index != rule || kept != verb)],
                        one["resourceNames"]?.AsArray().Select(kept => (string)kept!).ToList()
                    )
            )
            .ToArray();
        var token = await cluster.TokenAsync(name, reduced);
        await using var gate = cluster.GateWith(token, ["job/db", "pod:app=web", "--min-ready", "2", "--timeout", "25s"]);
        return (name, await gate.ExitAsync(), gate.Log);
    }

    [ClusterFact]
    public async Task A_token_file_that_is_replaced_is_read_again()
    {
        using var cluster = await Cluster.CreateAsync();
        var token = await cluster.TokenAsync("rotated", new AccessRule("batch", ["jobs"], ListWatch));
        await using var gate = cluster.GateWith("expired-token", ["job/db"]);
        await gate.LogsAsync("Unauthorized");
        await File.WriteAllTextAsync(cluster.TokenFile, token);
        await gate.LogsAsync("job/db: not found");
        await cluster.CreateJobAsync("db");
        await cluster.FinishPodAsync("db", succeeded: true);

        Assert.Equal(0, await gate.ExitAsync());
        Assert.DoesNotContain("expired-token", gate.Log, StringComparison.Ordinal);
    }

    /// <summary>The server knows the root alone. Who is denied was authenticated: the denial names the user.</summary>
    [ClusterFact]
    public async Task A_client_certificate_is_sent_with_its_chain()
    {
        using var cluster = await Cluster.CreateAsync();
        var intermediate = TestAuthority.Intermediate("clients-intermediate", Cluster.Clients);
        using var certificate = intermediate.Issue("alice");
        var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!;
        var (own, keyPem) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        await using var whole = cluster.GateAs(User(own + "\n" + intermediate.Pem + "\n"), "job/db");
        await using var cut = cluster.GateAs(User(own), "job/db");

        Assert.Equal(3, await whole.ExitAsync());
        Assert.Contains("User \"alice\" cannot list resource \"jobs\"", whole.Log, StringComparison.Ordinal);
        Assert.Equal(3, await cut.ExitAsync());
        Assert.Contains(
            "Unauthorized (HTTP 401): the client certificate CN=alice of kubeconfig",
            cut.Log,
            StringComparison.Ordinal
        );

        string User(string pem) => $"client-certificate-data: {Base64(pem)}, client-key-data: {Base64(keyPem)}";

        static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [ClusterFact]
    public async Task A_selector_that_the_server_refuses_is_told_with_its_message()
    {
        using var cluster = await Cluster.CreateAsync();

        // A whole number by its looks; that a label value has no minus sign is for the server to say.
        await using var gate = cluster.GateWith(cluster.AdminToken, ["pod", "-l", "n>-5"]);

        Assert.Equal(2, await gate.ExitAsync());
        Assert.Contains("pod:n>-5: the API server refuses the selector \"n>-5\": ", gate.Log, StringComparison.Ordinal);
        Assert.Contains("(HTTP 400); correct it", gate.Log, StringComparison.Ordinal);
    }
}
