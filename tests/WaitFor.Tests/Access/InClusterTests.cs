using WaitFor.Kubernetes.Access;
using WaitFor.Testing;

namespace WaitFor.Tests.Access;

public sealed class InClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-in-cluster-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("kubernetes.default", "6443", "https://kubernetes.default:6443/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    public async Task The_service_account_is_used(string host, string port, string server)
    {
        WriteServiceAccount();

        var access = Load(
            new()
            {
                ["KUBERNETES_SERVICE_HOST"] = host,
                ["KUBERNETES_SERVICE_PORT"] = port,
                ["HTTPS_PROXY"] = "http://egress:3128",
            }
        );

        Assert.Equal(server, access.Server.AbsoluteUri);
        Assert.Equal("shop", access.Namespace);
        Assert.Null(access.Proxy);
        Assert.Equal("Bearer in-cluster", (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
    }

    [Fact]
    public async Task A_token_in_the_middle_of_its_replacement_is_the_last_one()
    {
        WriteServiceAccount();
        var access = Load(new() { ["KUBERNETES_SERVICE_HOST"] = "h", ["KUBERNETES_SERVICE_PORT"] = "1" });
        await access.Credentials.GetAsync(refused: false, CancellationToken.None);

        File.Delete(Path.Combine(_folder, "token"));
        Assert.Equal("Bearer in-cluster", (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "");
        Assert.Equal("Bearer in-cluster", (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "rotated");
        Assert.Equal("Bearer rotated", (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
    }

    [Fact]
    public void KUBECONFIG_comes_before_the_cluster_and_the_cluster_before_the_home_folder()
    {
        WriteServiceAccount();
        var variables = new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = "h",
            ["KUBERNETES_SERVICE_PORT"] = "1",
            ["HOME"] = _folder,
        };
        Directory.CreateDirectory(Path.Combine(_folder, ".kube"));
        File.WriteAllText(
            Path.Combine(_folder, ".kube", "config"),
            ApiObjects.Kubeconfig(new Uri("https://home.example"), "insecure-skip-tls-verify: true")
        );

        Assert.Equal("in the cluster", Load(variables).Origin);
        File.Delete(Path.Combine(_folder, "token"));
        Assert.Equal("https://home.example/", Load(variables).Server.AbsoluteUri);

        WriteServiceAccount();
        var other = Path.Combine(_folder, "other");
        File.WriteAllText(other, ApiObjects.Kubeconfig(new Uri("https://other"), "insecure-skip-tls-verify: true"));
        Assert.Equal("https://other/", Load(new(variables) { ["KUBECONFIG"] = other }).Server.AbsoluteUri);
    }

    [Fact]
    public void Nothing_to_use_is_told_with_the_next_step()
    {
        Assert.Equal(
            "no cluster configuration: give --kubeconfig FILE, set KUBECONFIG, or run in a pod",
            Assert.Throws<AccessException>(() => Load([])).Message
        );
        Assert.Equal(
            $"in the cluster, but there is no service account token in {_folder}; set automountServiceAccountToken: true in the pod's "
                + "spec, or give --kubeconfig",
            Assert
                .Throws<AccessException>(() => Load(new() { ["KUBERNETES_SERVICE_HOST"] = "h", ["KUBERNETES_SERVICE_PORT"] = "1" }))
                .Message
        );
    }

    [Theory]
    [InlineData("elsewhere", "elsewhere")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void POD_NAMESPACE_is_known_beside_the_pods_own_namespace(string? value, string? known)
    {
        WriteServiceAccount();
        var variables = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = "h", ["KUBERNETES_SERVICE_PORT"] = "1" };
        if (value is not null)
            variables["POD_NAMESPACE"] = value;

        var access = Load(variables);

        Assert.Equal(("shop", known), (access.Namespace, access.NamespaceVariable));
    }

    private void WriteServiceAccount()
    {
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), new TestAuthority("in-cluster").Pem);
        File.WriteAllText(Path.Combine(_folder, "token"), "in-cluster\n");
        File.WriteAllText(Path.Combine(_folder, "namespace"), "shop");
    }

    private ClusterAccess Load(Dictionary<string, string> variables) =>
        AccessLoader.Load(
            null,
            null,
            new WaitFor.Kubernetes.Access.Environment(variables, _folder),
            TimeProvider.System,
            TimeSpan.FromSeconds(1)
        );
}
