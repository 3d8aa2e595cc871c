using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using WaitFor.Kubernetes.Access;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Access;

/// <summary>Client certificates that an intermediate authority signed, before a server that knows the root alone.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private static readonly TestAuthority Root = new("client-root");
    private static readonly TestAuthority Intermediate = TestAuthority.Intermediate("client-intermediate", Root);
    private static readonly TestAuthority Second = TestAuthority.Intermediate("client-second", Intermediate);
    private static readonly X509Certificate2 Ecdsa = Intermediate.Issue("alice");
    private static readonly X509Certificate2 Rsa = Intermediate.IssueRsa("bob");
    private static readonly X509Certificate2 Deep = Second.Issue("carol");

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-client-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What the certificate's PEM consists of, where it stands, and whether the server lets the client in.</summary>
    [Theory]
    [InlineData("ecdsa intermediate", "data", true)]
    [InlineData("ecdsa intermediate", "files", true)]
    [InlineData("ecdsa intermediate", "one file", true)]
    [InlineData("ecdsa intermediate", "exec plugin", true)]
    [InlineData("intermediate ecdsa", "data", true)]
    [InlineData("ecdsa intermediate root", "data", true)]
    [InlineData("root intermediate ecdsa", "files", true)]
    [InlineData("rsa intermediate", "data", true)]
    [InlineData("rsa intermediate", "one file", true)]
    [InlineData("rsa intermediate", "exec plugin", true)]
    [InlineData("deep second intermediate", "data", true)]
    [InlineData("deep intermediate second", "files", true)]
    [InlineData("ecdsa ecdsa intermediate", "data", true)]
    [InlineData("ecdsa", "data", false)]
    [InlineData("deep second", "data", false)]
    public async Task The_chain_is_sent_up_to_the_root(string certificates, string where, bool accepted)
    {
        await using var gate = await GateHarness.StartAsync(clients: Root);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.User = User(certificates, where);

        var running = gate.RunAsync("job/db");
        if (accepted)
        {
            Assert.Equal(0, (await running).ExitCode);
            return;
        }

        await gate.Lines.ContainsAsync("API server: ");
        gate.Interrupt();
        Assert.Null((await running).ExitCode);
        Assert.Empty(gate.Server.Requests);
    }

    [Fact]
    public async Task A_plugin_that_renews_the_certificate_sends_the_new_chain()
    {
        await using var gate = await GateHarness.StartAsync(clients: Root);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        gate.Server.Next(_ => true, Answers.Status(401, "Unauthorized", "Unauthorized"));
        File.WriteAllText(Path.Combine(_folder, "1"), ExecCredential("rsa intermediate"));
        File.WriteAllText(Path.Combine(_folder, "2"), ExecCredential("deep second intermediate"));
        gate.User = Plugin("echo x >> calls; cat $(wc -l < calls)");

        Assert.Equal(0, (await gate.RunAsync("job/db")).ExitCode);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(_folder, "calls"))).Length);
    }

    /// <summary>Keys that cannot be used, and what has to be in the line that says so.</summary>
    [Theory]
    [InlineData("pkcs8 encrypted", "the key is encrypted; decrypt it with openssl pkey -in KEY -out NEWKEY")]
    [InlineData("pem encrypted", "the key is encrypted; decrypt it with openssl pkey -in KEY -out NEWKEY")]
    [InlineData("another key", "the key does not belong to the certificate")]
    [InlineData("key of another kind", "the key does not belong to the certificate")]
    [InlineData("no key", "the key has no PEM block BEGIN PRIVATE KEY")]
    [InlineData("cut key", "the key does not belong to the certificate")]
    public void A_key_that_cannot_be_used_is_named(string what, string reason)
    {
        using var ecdsa = Ecdsa.GetECDsaPrivateKey()!;
        var key = what switch
        {
            "pkcs8 encrypted" => ecdsa.ExportEncryptedPkcs8PrivateKeyPem(
                "secret",
                new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
            ),
            "pem encrypted" => "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
                + "-----END RSA PRIVATE KEY-----\n",
            "another key" => KeyOf(Deep),
            "key of another kind" => KeyOf(Rsa),
            "no key" => Intermediate.Pem,
            _ => KeyOf(Ecdsa)[..80],
        };

        var message = Assert
            .Throws<AccessException>(() => ClientIdentity.Read(Ecdsa.ExportCertificatePem(), key, "kubeconfig F, user \"u\""))
            .Message;

        Assert.Equal($"kubeconfig F, user \"u\": client certificate and key are not usable: {reason}", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem")]
    public void A_certificate_that_is_none_is_named(string certificate) =>
        Assert.EndsWith(
            "the certificate has no PEM block BEGIN CERTIFICATE",
            Assert.Throws<AccessException>(() => ClientIdentity.Read(certificate, KeyOf(Ecdsa), "x")).Message,
            StringComparison.Ordinal
        );

    private string User(string certificates, string where)
    {
        var (certificate, key) = (Chain(certificates), KeyOf(Own(certificates)));
        switch (where)
        {
            case "data":
                return $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}";
            case "files":
                return $"client-certificate: \"{Write("client.crt", certificate)}\", client-key: \"{Write("client.key", key)}\"";
            case "one file":
                var file = Write("client.pem", key + "\n" + certificate);
                return $"client-certificate: \"{file}\", client-key: \"{file}\"";
            default:
                Write("answer", ExecCredential(certificates));
                return Plugin("cat answer");
        }
    }

    private static string ExecCredential(string certificates) =>
        new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["clientCertificateData"] = Chain(certificates), ["clientKeyData"] = KeyOf(Own(certificates)) },
        }.ToJsonString();

    private static X509Certificate2 Own(string certificates) =>
        certificates.Contains("rsa", StringComparison.Ordinal) ? Rsa
        : certificates.Contains("deep", StringComparison.Ordinal) ? Deep
        : Ecdsa;

    private static string Chain(string certificates) =>
        string.Join(
            '\n',
            certificates
                .Split(' ')
                .Select(name =>
                    name switch
                    {
                        "root" => Root.Pem,
                        "intermediate" => Intermediate.Pem,
                        "second" => Second.Pem,
                        _ => Own(name).ExportCertificatePem(),
                    }
                )
        ) + "\n";

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPrivateKey();
        using var ecdsa = certificate.GetECDsaPrivateKey();
        return rsa?.ExportRSAPrivateKeyPem() ?? ecdsa!.ExportPkcs8PrivateKeyPem();
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private string Plugin(string script)
    {
        var path = Write("plugin", $"#!/bin/sh\ncd '{_folder}'\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return $"exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: \"{path}\"}}";
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
