using WaitFor.Testing;

namespace WaitFor.Tests.Watching;

/// <summary>Faults that no retry can help: rights, credentials, certificates, selectors, missing APIs. What is reported, and
/// when.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task An_external_name_needs_no_right_to_read_slices()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis", "ExternalName"));
        using var denied = gate.Server.Always(
            request => request.Resource == "endpointslices",
            Answers.Status(403, "Forbidden", "endpointslices is forbidden")
        );

        Assert.Equal(0, (await gate.RunAsync("service/redis")).ExitCode);
    }

    [Fact]
    public async Task Missing_Roles_are_told_for_all_targets_at_once()
    {
        await using var gate = await GateHarness.StartAsync();
        using var none = gate.Server.Always(request => request.Resource == "endpointslices", Answers.Text(404, "404 page not found"));
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis"));
        using var denied = gate.Server.Always(
            request => request.Path.Contains("/endpoints", StringComparison.Ordinal),
            Answers.Status(403, "Forbidden", "endpoints \"redis\" is forbidden")
        );

        var result = await gate.RunAsync("service/redis job/a job/b pod:app=x infra/job/c");

        Assert.EndsWith(
            """
            metadata: {name: wait-for-service-redis-b71ab3, namespace: shop}
            rules:
            - apiGroups: [""]
              resources: [services]
              resourceNames: [redis]
              verbs: [list, watch]
            - apiGroups: ["discovery.k8s.io"]
              resources: [endpointslices]
              verbs: [list, watch]
            - apiGroups: [""]
              resources: [endpoints]
              resourceNames: [redis]
              verbs: [list, watch]
            - apiGroups: ["batch"]
              resources: [jobs]
              resourceNames: [a, b]
              verbs: [list, watch]
            - apiGroups: [""]
              resources: [pods]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-job-c-7e5856, namespace: infra}
            rules:
            - apiGroups: ["batch"]
              resources: [jobs]
              resourceNames: [c]
              verbs: [list, watch]
            """,
            result.Roles,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_denied_gate_ends_after_15_seconds_and_prints_the_Role()
    {
        await using var gate = await GateHarness.StartAsync();
        using var denied = gate.Server.Always(
            _ => true,
            Answers.Status(
                403,
                "Forbidden",
                "jobs.batch is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"jobs\""
            )
        );

        var result = await gate.RunAsync("job/db");

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(15, gate.Time.Elapsed.TotalSeconds, 3);
        Assert.InRange(gate.Server.Requests.Count, 3, 40);
        Assert.Equal(
            "job/db: denied: jobs.batch is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"jobs\" (HTTP 403)",
            result.Message
        );
        Assert.Equal(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-job-db, namespace: shop}
            rules:
            - apiGroups: ["batch"]
              resources: [jobs]
              resourceNames: [db]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-job-db-default, namespace: shop}
            subjects:
            - {kind: ServiceAccount, name: default, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-job-db}
            """,
            result.Roles
        );
    }

    [Fact]
    public async Task A_token_that_is_replaced_is_used_at_once()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.Server.Next(
            _ => true,
            async context =>
            {
                await File.WriteAllTextAsync(gate.TokenFile, "second-token");
                await Answers.Status(401, "Unauthorized", "Unauthorized")(context);
            }
        );

        var result = await gate.RunAsync("job/db");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["Bearer first-token", "Bearer second-token"], gate.Server.Requests.Take(2).Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_token_that_stays_refused_ends_the_gate_after_15_seconds()
    {
        await using var gate = await GateHarness.StartAsync();
        using var refused = gate.Server.Always(_ => true, Answers.Status(401, "Unauthorized", "Unauthorized"));

        var result = await gate.RunAsync("job/db");

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(15, gate.Time.Elapsed.TotalSeconds, 3);
        Assert.Contains("the credentials are not accepted: Unauthorized (HTTP 401)", result.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("first-token", result.Message + string.Join('\n', gate.Lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_selector_ends_the_gate_at_once_with_the_servers_message()
    {
        await using var gate = await GateHarness.StartAsync();
        using var refused = gate.Server.Always(
            _ => true,
            Answers.Status(400, "BadRequest", "unable to parse requirement: found '=', expected: identifier")
        );

        var result = await gate.RunAsync("job -l app=x");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            "job:app=x: the API server refuses the selector \"app=x\": unable to parse requirement: found '=', expected: identifier (HTTP "
                + "400); correct it",
            result.Message
        );
        Assert.Single(gate.Server.Requests);
    }

    [Fact]
    public async Task An_API_that_is_not_served_ends_the_gate_and_is_named()
    {
        await using var gate = await GateHarness.StartAsync();
        using var none = gate.Server.Always(_ => true, Answers.Text(404, "404 page not found"));

        var result = await gate.RunAsync("job/db");

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith(
            "job/db: the API server does not serve jobs of batch/v1: 404 page not found",
            result.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true, 15)]
    [InlineData(false, 0)]
    public async Task An_untrusted_certificate_ends_the_gate_and_says_what_was_expected(bool authoritiesFromFile, double seconds)
    {
        await using var gate = await GateHarness.StartAsync(certificate: _ => new TestAuthority("somebody-else").Issue("127.0.0.1"));

        var result = await gate.RunAsync("job/db", authoritiesFromFile);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(seconds, gate.Time.Elapsed.TotalSeconds, 3);
        Assert.Contains("is not trusted", result.Message, StringComparison.Ordinal);
        Assert.Contains("CN=fake-api-server-ca", result.Message, StringComparison.Ordinal);
        Assert.Contains("got CN=127.0.0.1 signed by CN=somebody-else", result.Message, StringComparison.Ordinal);
        Assert.Empty(gate.Server.Requests);
    }

    [Fact]
    public async Task Of_a_bundle_of_authorities_three_are_named()
    {
        await using var gate = await GateHarness.StartAsync(certificate: _ => new TestAuthority("somebody-else").Issue("127.0.0.1"));
        await File.WriteAllTextAsync(
            gate.AuthorityFile,
            string.Concat(Enumerable.Range(1, 20).Select(number => new TestAuthority($"ca-{number}").Pem + "\n"))
        );

        var result = await gate.RunAsync("job/db", authoritiesFromFile: true);

        Assert.Contains(
            "(CN=ca-1, CN=ca-2, CN=ca-3 and 17 more), got CN=127.0.0.1 signed by CN=somebody-else",
            result.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_CA_file_that_is_replaced_in_time_is_taken()
    {
        var rolled = new TestAuthority("rolled");
        await using var gate = await GateHarness.StartAsync(jump: false, certificate: _ => rolled.Issue("127.0.0.1"));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        var running = gate.RunAsync("job/db");
        await gate.Lines.ContainsAsync("is not trusted");
        await File.WriteAllTextAsync(gate.AuthorityFile, rolled.Pem);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, gate.Time.TimerAsync(left => left < TimeSpan.FromSeconds(15)));
            gate.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_told_with_its_names()
    {
        await using var gate = await GateHarness.StartAsync(certificate: authority => authority.Issue("kubernetes.example"));

        var result = await gate.RunAsync("job/db", authoritiesFromFile: false);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("is not for 127.0.0.1: it is for kubernetes.example", result.Message, StringComparison.Ordinal);
    }
}
