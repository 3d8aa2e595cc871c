using WaitFor.Kubernetes.Access;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Access;

/// <summary>kubectl's own flags, as they change a kubeconfig or the access of a pod.</summary>
public sealed class OverridesTests : IDisposable
{
    private static readonly TestAuthority Authority = new("overrides");

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-overrides-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, AccessOverrides, string> Rows =>
        new()
        {
            { "config", AccessOverrides.None, "https://one:6443/ name=one.example ca=data Bearer t-one" },
            {
                "config",
                new() { Server = "https://other:1" },
                "https://other:1/ name= ca=data Bearer t-one"
            },
            {
                "config",
                new() { Server = "other:1" },
                "https://other:1/ name= ca=data Bearer t-one"
            },
            {
                "config",
                new() { Server = "https://x", TlsServerName = "y" },
                "https://x/ name=y ca=data Bearer t-one"
            },
            {
                "config",
                new() { TlsServerName = "y" },
                "https://one:6443/ name=y ca=data Bearer t-one"
            },
            {
                "config",
                new() { InsecureSkipTlsVerify = true },
                "https://one:6443/ name=one.example insecure Bearer t-one"
            },
            {
                "config",
                new() { CertificateAuthority = "CA" },
                "https://one:6443/ name=one.example ca=file Bearer t-one"
            },
            {
                "config",
                new() { Cluster = "two" },
                "https://two/ name= insecure Bearer t-one"
            },
            {
                "config",
                new() { Cluster = "two", CertificateAuthority = "CA" },
                "https://two/ name= ca=file Bearer t-one"
            },
            {
                "config",
                new() { User = "two" },
                "https://one:6443/ name=one.example ca=data Basic bTpw"
            },
            {
                "config",
                new() { User = "certificate" },
                "https://one:6443/ name=one.example ca=data certificate"
            },
            {
                "config",
                new() { Token = "given" },
                "https://one:6443/ name=one.example ca=data Bearer given"
            },
            {
                "config",
                new() { User = "certificate", Token = "given" },
                "https://one:6443/ name=one.example ca=data Bearer given"
            },
            {
                "config",
                new() { User = "exec", Token = "given" },
                "https://one:6443/ name=one.example ca=data Bearer given"
            },
            {
                "config",
                new() { User = "two", Token = "given" },
                "https://one:6443/ name=one.example ca=data Bearer given"
            },
            {
                "config",
                new() { User = "file", Token = "given" },
                "https://one:6443/ name=one.example ca=data Bearer given"
            },
            {
                "config",
                new() { As = "jane" },
                "https://one:6443/ name=one.example ca=data Bearer t-one as Impersonate-User=jane"
            },
            {
                "config",
                new() { User = "impersonating" },
                "https://one:6443/ name=one.example ca=data Bearer t as Impersonate-User=joe Impersonate-Uid=7 Impersonate-Group=a "
                    + "Impersonate-Group=b Impersonate-Extra-example.org%2Fscope=x Impersonate-Extra-example.org%2Fscope=y"
            },
            {
                "config",
                new()
                {
                    User = "impersonating",
                    As = "jane",
                    AsGroups = ["c"],
                    AsUid = "8",
                },
                "https://one:6443/ name=one.example ca=data Bearer t as Impersonate-User=jane Impersonate-Uid=8 Impersonate-Group=c "
                    + "Impersonate-Extra-example.org%2Fscope=x Impersonate-Extra-example.org%2Fscope=y"
            },
            {
                "no context",
                new() { Cluster = "one", User = "one" },
                "https://one:6443/ name=one.example ca=data Bearer t-one"
            },
            {
                "no context",
                new() { Server = "x", Token = "given" },
                "https://x/ name= host Bearer given"
            },
            { "pod", AccessOverrides.None, "https://10.0.0.1/ name= ca=file Bearer sa" },
            {
                "pod",
                new() { Server = "https://other:1" },
                "https://other:1/ name= ca=file Bearer sa"
            },
            {
                "pod",
                new() { Token = "given" },
                "https://10.0.0.1/ name= ca=file Bearer given"
            },
            {
                "pod",
                new() { InsecureSkipTlsVerify = true },
                "https://10.0.0.1/ name= insecure Bearer sa"
            },
            {
                "pod",
                new() { TlsServerName = "kubernetes" },
                "https://10.0.0.1/ name=kubernetes ca=file Bearer sa"
            },
            {
                "pod",
                new() { As = "jane", AsGroups = ["a", "b"] },
                "https://10.0.0.1/ name= ca=file Bearer sa as Impersonate-User=jane Impersonate-Group=a Impersonate-Group=b"
            },
            {
                "nothing",
                new() { Server = "https://x", Token = "given" },
                "https://x/ name= host Bearer given"
            },
            {
                "nothing",
                new() { Server = "https://x", InsecureSkipTlsVerify = true },
                "https://x/ name= insecure nobody"
            },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Flags_change_the_access_as_in_kubectl(string where, AccessOverrides overrides, string expected)
    {
        var access = Load(where, overrides);

        var credential = await access.Credentials.GetAsync(refused: false, CancellationToken.None);
        var trust =
            access.InsecureSkipTlsVerify ? "insecure"
            : access.Authorities is null ? "host"
            : "ca=" + (access.Authorities.FromFile ? "file" : "data");
        var user = credential.Authorization ?? (credential.ClientCertificate is null ? "nobody" : "certificate");
        var impersonation = string.Join(' ', access.Impersonation?.Headers.Select(header => $"{header.Key}={header.Value}") ?? []);
        var shown = impersonation.Length > 0 ? " as " + impersonation : "";
        Assert.Equal(expected, $"{access.Server.AbsoluteUri} name={access.TlsServerName} {trust} {user}{shown}");
        Assert.True(credential.Authorization is null || credential.ClientCertificate is null);
    }

    public static TheoryData<string, AccessOverrides, string> Refused =>
        new()
        {
            {
                "config",
                new() { Server = "ftp://x" },
                "--server is not an address with https or http"
            },
            {
                "config",
                new() { Server = "https://me:secret@x" },
                "--server must be an address without user, query and fragment"
            },
            {
                "config",
                new() { TlsServerName = "a b" },
                "--tls-server-name \"a b\" is not a host name"
            },
            {
                "config",
                new() { CertificateAuthority = "/gone.crt" },
                "the CA file /gone.crt cannot be read: it does not exist"
            },
            {
                "config",
                new() { CertificateAuthority = "CA", InsecureSkipTlsVerify = true },
                "--certificate-authority and --insecure-skip-tls-verify cannot be combined; remove one"
            },
            {
                "config",
                new() { Cluster = "three" },
                "has no cluster \"three\": it has one, two"
            },
            {
                "config",
                new() { User = "nobody" },
                "has no user \"nobody\": it has certificate"
            },
            {
                "config",
                new() { Token = "secret\nsecret" },
                "--token: the token contains characters that are not allowed"
            },
            {
                "config",
                new() { AsGroups = ["a"] },
                "a group, UID or extra to impersonate is given without a user; add --as"
            },
            {
                "config",
                new() { AsUid = "1" },
                "a group, UID or extra to impersonate is given without a user; add --as"
            },
            {
                "config",
                new() { As = "a\nb" },
                "Impersonate-User: the value is empty or has control characters"
            },
            {
                "pod",
                new() { Cluster = "one" },
                "no cluster configuration"
            },
            {
                "nothing",
                new() { Token = "given" },
                "no cluster configuration"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_flag_that_cannot_be_used_is_named(string where, AccessOverrides overrides, string reason)
    {
        var message = Assert.Throws<AccessException>(() => Load(where, overrides)).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task Every_request_carries_the_headers_of_the_impersonation()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.Overrides = new() { As = "jané", AsGroups = ["a", "b"] };

        Assert.Equal(0, (await gate.RunAsync("job/db")).ExitCode);
        Assert.All(gate.Server.Requests, request =>
            Assert.Equal(["Impersonate-Group: a", "Impersonate-Group: b", "Impersonate-User: jané"], request.Impersonation)
        );
    }

    [Fact]
    public async Task The_request_time_out_shortens_the_wait_for_an_answer()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Next(_ => true, Answers.Silence);
        gate.Overrides = new() { RequestTimeout = TimeSpan.FromSeconds(7) };
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Server.ArrivedAsync(_ => true, 1);

        gate.Time.Advance(TimeSpan.FromSeconds(7));

        await gate.Lines.ContainsAsync("sent nothing for too long");
        gate.Interrupt();
        await running;
    }

    private ClusterAccess Load(string where, AccessOverrides overrides)
    {
        var authority = Write("ca.crt", Authority.Pem);
        Write("token", "sa");
        using var client = Authority.Issue("client");
        var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(client)!;
        var config = Write(
            "config",
            $$"""
            {{(where == "config" ? "current-context: one" : "")}}
            clusters:
            - name: one
              cluster:
                server: https://one:6443
                tls-server-name: one.example
                certificate-authority-data: {{Base64(Authority.Pem)}}
            - name: two
              cluster: {server: "https://two", insecure-skip-tls-verify: true}
            users:
            - name: one
              user: {token: t-one}
            - name: two
              user: {username: m, password: p}
            - name: file
              user: {tokenFile: token}
            - name: certificate
              user:
                client-certificate-data: {{Base64(client.ExportCertificatePem())}}
                client-key-data: {{Base64(key.ExportPkcs8PrivateKeyPem())}}
            - name: exec
              user:
                exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin}
            - name: impersonating
              user:
                token: t
                as: joe
                as-uid: 7
                as-groups: [a, b]
                as-user-extra: {example.org/scope: [x, y]}
            contexts:
            - name: one
              context: {cluster: one, user: one}
            """
        );
        var variables = new Dictionary<string, string>();
        if (where == "pod")
            (variables["KUBERNETES_SERVICE_HOST"], variables["KUBERNETES_SERVICE_PORT"]) = ("10.0.0.1", "443");
        return AccessLoader.Load(
            where is "pod" or "nothing" ? null : config,
            context: null,
            new WaitFor.Kubernetes.Access.Environment(variables, where == "pod" ? _folder : "/none"),
            TimeProvider.System,
            TimeSpan.FromSeconds(1),
            overrides.CertificateAuthority == "CA" ? overrides with { CertificateAuthority = authority } : overrides
        );
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
