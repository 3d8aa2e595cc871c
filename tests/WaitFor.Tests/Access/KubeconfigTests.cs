using System.Security.Cryptography.X509Certificates;
using WaitFor.Kubernetes.Access;
using WaitFor.Testing;

namespace WaitFor.Tests.Access;

public sealed class KubeconfigTests : IDisposable
{
    private static readonly TestAuthority Authority = new("kubeconfig-tests");
    private static readonly string AuthorityData = Base64(Authority.Pem);

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_full_context_is_read()
    {
        Write("ca.crt", Authority.Pem);
        Write("token", "from-file\n");
        var access = Load(
            """
            apiVersion: v1
            kind: Config
            current-context: shop
            preferences: {}
            clusters:
            - name: prod
              cluster:
                server: https://[2001:db8::1]:6443/k8s/clusters/c-1
                certificate-authority: ca.crt
                tls-server-name: kubernetes.default
                proxy-url: socks5://proxy:1080
                extensions: [{name: x, extension: {}}]
            users: [{name: me, user: {tokenFile: token}}]
            contexts: [{name: shop, context: {cluster: prod, user: me, namespace: shop}}]
            """
        );

        Assert.Equal("https://[2001:db8::1]:6443/k8s/clusters/c-1", access.Server.AbsoluteUri);
        Assert.Equal("kubernetes.default", access.TlsServerName);
        Assert.Equal("socks5", access.Proxy!.Scheme);
        Assert.Equal("shop", access.Namespace);
        Assert.True(access.Authorities!.FromFile);
        Assert.Equal("Bearer from-file", (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
    }

    /// <summary>Fields of a user, and the Authorization header that they make.</summary>
    [Theory]
    [InlineData("token: abc", "Bearer abc")]
    [InlineData("username: me, password: pass", "Basic bWU6cGFzcw==")]
    [InlineData("token: abc, tokenFile: token", "Bearer from-file")]
    [InlineData("", null)]
    public async Task Credentials_are_taken(string user, string? authorization)
    {
        Write("token", "from-file");

        var access = Load(Config(user: user));

        Assert.Equal(authorization, (await access.Credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
        Assert.Equal("default", access.Namespace);
    }

    [Fact]
    public async Task A_client_certificate_is_taken_from_data_and_from_files()
    {
        using var certificate = Authority.Issue("client");
        var key = certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        Write("client.crt", certificate.ExportCertificatePem());
        Write("client.key", key);

        foreach (
            var user in new[]
            {
                "client-certificate: client.crt, client-key: client.key",
                $"client-certificate-data: {Base64(certificate.ExportCertificatePem())}, client-key-data: {Base64(key)}",
            }
        )
        {
            var credential = await Load(Config(user: user)).Credentials.GetAsync(refused: false, CancellationToken.None);
            Assert.Equal("CN=client", credential.ClientCertificate!.Certificate.Subject);
            Assert.True(credential.ClientCertificate.Certificate.HasPrivateKey);
        }
    }

    [Fact]
    public void Files_are_merged_the_first_wins_and_missing_ones_are_passed_over()
    {
        var first = Write(
            "first",
            """
            current-context: b
            clusters: [{name: c, cluster: {server: "https://first"}}]
            """
        );
        var second = Write(
            "second",
            """
            current-context: a
            clusters: [{name: c, cluster: {server: "https://second"}}]
            contexts: [{name: b, context: {cluster: c, namespace: from-second}}]
            """
        );
        var variables = new Dictionary<string, string> { ["KUBECONFIG"] = string.Join(Path.PathSeparator, "/not/there", first, second) };

        var access = AccessLoader.Load(
            null,
            null,
            new WaitFor.Kubernetes.Access.Environment(variables),
            TimeProvider.System,
            TimeSpan.FromSeconds(1)
        );

        Assert.Equal("https://first/", access.Server.AbsoluteUri);
        Assert.Equal("from-second", access.Namespace);
    }

    [Fact]
    public void A_context_can_be_chosen()
    {
        var config = Config() + "\n" + "# the second context stands in another file";
        var other = Write(
            "other",
            """
            contexts: [{name: other, context: {cluster: test, namespace: elsewhere}}]
            """
        );
        var variables = new Dictionary<string, string> { ["KUBECONFIG"] = string.Join(Path.PathSeparator, Write("config", config), other) };

        var access = AccessLoader.Load(
            null,
            "other",
            new WaitFor.Kubernetes.Access.Environment(variables),
            TimeProvider.System,
            TimeSpan.FromSeconds(1)
        );

        Assert.Equal("elsewhere", access.Namespace);
    }

    /// <summary>Kubeconfigs that cannot be used, and what has to be in the line that says so.</summary>
    public static TheoryData<string, string> Broken =>
        new()
        {
            { "", "is empty: it has no clusters, users and contexts" },
            { "a: {b: c", "is not YAML" },
            { "a: !<> x", "is not YAML" },
            { new string('[', 200_000), "is nested too deeply at line 1" },
            { "&a {? &b [*a, *b] : b}", "line 1 has an alias (*name), which is not supported" },
            {
                "users: [{name: a, user: {password: *secret}}]",
                "line 1 has an alias (*name), which is not supported; write the value itself, or quote it"
            },
            { Config(user: "token: 'line\n\nbreak'"), "the token contains characters that are not allowed" },
            { Config(cluster: "server: 'https://me:secret@x'"), "server must be an address without user, query and fragment" },
            { Config(cluster: "server: 'https://x?a=b'"), "server must be an address without user, query and fragment" },
            { Config(cluster: "server: 'https://x', tls-server-name: 'a b'"), "tls-server-name \"a b\" is not a host name" },
            {
                Config(cluster: "server: 'https://x', proxy-url: '127.0.0.1:3128'"),
                "proxy-url is not an address with http, https or socks5"
            },
            { "just text", "is not a kubeconfig: a mapping with clusters, users and contexts is expected" },
            { "a: [", "is not YAML (line" },
            { "clusters: x", "clusters must be a list" },
            { "clusters: [{cluster: {}}]", "an entry of clusters has no name" },
            { "contexts: [{name: a, context: {cluster: c}}]", "has no current-context: choose one with --context (a)" },
            {
                "current-context: b\ncontexts: [{name: a, context: {cluster: c}}]",
                "has no context \"b\": it has a; choose one with --context"
            },
            {
                "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]",
                "has no cluster \"c\": it has none; correct the context"
            },
            { "current-context: a\ncontexts: [{name: a, context: {}}]", "context \"a\": cluster is not set" },
            { Config(cluster: "server: ''"), "cluster \"test\": server is not set" },
            { Config(cluster: "server: 'ftp://x'"), "cluster \"test\": server is not an address with https or http" },
            {
                Config(cluster: "server: 'https://x', proxy-url: 'ldap://user:secret@x'"),
                "cluster \"test\": proxy-url is not an address with http, https or socks5"
            },
            { Config(cluster: "server: 'https://x', certificate-authority: gone.crt"), "gone.crt cannot be read: it does not exist" },
            { Config(cluster: "server: 'https://x', certificate-authority-data: '!!!'"), "certificate-authority-data is not base64" },
            {
                Config(cluster: $"server: 'https://x', certificate-authority-data: {Base64("no pem")}"),
                "certificate-authority-data: no certificate in it"
            },
            {
                Config(cluster: $"server: 'https://x', insecure-skip-tls-verify: true, certificate-authority-data: {AuthorityData}"),
                "cannot be combined; remove one"
            },
            {
                Config(cluster: "server: 'https://x', insecure-skip-tls-verify: maybe"),
                "insecure-skip-tls-verify must be true or false, not \"maybe\""
            },
            { Config(cluster: "server: 'https://x', api-version: v1"), "cluster \"test\": the field api-version is not supported" },
            { Config(user: "as-groups: [admins]"), "a group, UID or extra to impersonate is given without a user" },
            {
                Config(user: "auth-provider: {name: gcp}"),
                "auth-provider is not supported (Kubernetes removed it in 1.26); use an exec plugin"
            },
            { Config(user: "token: a, username: b"), "more than one of token, username and exec; only one is allowed" },
            { Config(user: $"client-certificate-data: {AuthorityData}"), "client-certificate and client-key go together; one is missing" },
            {
                Config(user: $"client-certificate-data: {AuthorityData}, client-key-data: {Base64("no key")}"),
                "client certificate and key are not usable"
            },
            {
                Config(user: "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}"),
                "apiVersion is \"client.authentication.k8s.io/v1alpha1\"; client.authentication.k8s.io/v1 or "
                    + "client.authentication.k8s.io/v1beta1 is supported"
            },
            { Config(user: "exec: {apiVersion: client.authentication.k8s.io/v1}"), "command is not set" },
            {
                Config(user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}"),
                "interactiveMode Always needs a terminal"
            },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_kubeconfig_is_told_in_one_line_that_names_it(string yaml, string reason)
    {
        var message = Assert.Throws<AccessException>(() => Load(yaml)).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(_folder, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_kubeconfig_is_told()
    {
        var missing = Path.Combine(_folder, "gone");
        Assert.Equal(
            $"kubeconfig {missing} cannot be read: it does not exist; correct the path or the file",
            Assert
                .Throws<AccessException>(() =>
                    AccessLoader.Load(
                        missing,
                        null,
                        new WaitFor.Kubernetes.Access.Environment(new Dictionary<string, string>()),
                        TimeProvider.System,
                        TimeSpan.Zero
                    )
                )
                .Message
        );
        Assert.Equal(
            $"kubeconfig {missing} (from KUBECONFIG) does not exist; correct or unset KUBECONFIG",
            Assert
                .Throws<AccessException>(() =>
                    AccessLoader.Load(
                        null,
                        null,
                        new WaitFor.Kubernetes.Access.Environment(new Dictionary<string, string> { ["KUBECONFIG"] = missing }),
                        TimeProvider.System,
                        TimeSpan.Zero
                    )
                )
                .Message
        );
    }

    [Fact]
    public void A_token_that_looks_like_nothing_is_still_text() => Assert.NotNull(Load(Config(user: "token: 123456")));

    private static string Config(string? cluster = null, string user = "token: abc")
    {
        var config = ApiObjects
            .Kubeconfig(new Uri("https://127.0.0.1:1"), $"certificate-authority-data: {AuthorityData}", user)
            .Replace(", namespace: shop", "", StringComparison.Ordinal);
        var (from, to) = (config.IndexOf("server:", StringComparison.Ordinal), config.IndexOf("}}]", StringComparison.Ordinal));
        return cluster is null ? config : config[..from] + cluster + config[to..];
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private ClusterAccess Load(string yaml) =>
        AccessLoader.Load(
            Write("config", yaml),
            null,
            new WaitFor.Kubernetes.Access.Environment(new Dictionary<string, string>()),
            TimeProvider.System,
            TimeSpan.FromSeconds(1)
        );

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
