using k8s;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Access;

/// <summary>Why the binaries have their own access to the API server: the dependency table of docs/design.md refers to this test.</summary>
public sealed class OtherHostTests
{
    private const string OtherHost = "kubernetes.example";

    [Fact]
    public async Task The_gate_sends_no_request_to_a_server_whose_certificate_is_for_another_host()
    {
        await using var gate = await GateHarness.StartAsync(certificate: authority => authority.Issue(OtherHost));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        var end = await gate.RunAsync("job/db");

        Assert.Equal(3, end.ExitCode);
        Assert.Contains($"it is for {OtherHost}", end.Message, StringComparison.Ordinal);
        Assert.Empty(gate.Server.Requests);
    }

    /// <summary>If this fails, the package has changed: read the table's reasons again.</summary>
    [Fact]
    public async Task KubernetesClient_Aot_sends_the_token_to_that_server()
    {
        await using var server = await FakeApiServer.StartAsync(authority => authority.Issue(OtherHost));
        server.Always(_ => true, Answers.Json("""{"kind":"JobList","apiVersion":"batch/v1","metadata":{},"items":[]}"""));
        var kubeconfig = Path.GetTempFileName();
        try
        {
            var authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(server.Authority.Pem));
            await File.WriteAllTextAsync(
                kubeconfig,
                ApiObjects.Kubeconfig(server.Address, $"certificate-authority-data: {authority}", "token: secret-token")
            );
            using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));

            var jobs = await client.BatchV1.ListNamespacedJobAsync("shop");

            Assert.Empty(jobs.Items);
            Assert.Equal("Bearer secret-token", Assert.Single(server.Requests).Authorization);
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }
}
