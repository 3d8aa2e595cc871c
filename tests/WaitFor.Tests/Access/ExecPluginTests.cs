using WaitFor.Kubernetes.Access;
using WaitFor.Testing;

namespace WaitFor.Tests.Access;

/// <summary>Plugins are small shell scripts here.</summary>
public sealed class ExecPluginTests : IDisposable
{
    private const string Token =
        """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"plugin-token"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-exec-").FullName;
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Its_token_is_used_and_it_is_told_about_the_cluster()
    {
        var credential = await GetAsync(
            Plugin($"echo \"$KUBERNETES_EXEC_INFO\" > info; echo \"$EXTRA $1\" > seen; echo '{Token}'"),
            ", args: [hello], env: [{name: EXTRA, value: more}], provideClusterInfo: true"
        );

        Assert.Equal("Bearer plugin-token", credential.Authorization);
        Assert.Equal("more hello\n", await File.ReadAllTextAsync(Path.Combine(_folder, "seen")));
        var info = await File.ReadAllTextAsync(Path.Combine(_folder, "info"));
        Assert.Contains("\"kind\":\"ExecCredential\"", info, StringComparison.Ordinal);
        Assert.Contains("\"server\":\"https://127.0.0.1:1/\"", info, StringComparison.Ordinal);
        Assert.Contains("\"interactive\":false", info, StringComparison.Ordinal);
    }

    /// <summary>Fields of the cluster, and what the plugin learns of them.</summary>
    [Theory]
    [InlineData("insecure-skip-tls-verify: true", """{"server":"https://127.0.0.1:1/","insecure-skip-tls-verify":true,"config":null}""")]
    [InlineData(
        "tls-server-name: k8s, proxy-url: 'http://p:1', disable-compression: true",
        """
            {"server":"https://127.0.0.1:1/","tls-server-name":"k8s","proxy-url":"http://p:1","disable-compression":true,"config":null}
            """
    )]
    [InlineData("extensions: [{name: other, extension: {a: 1}}]", """{"server":"https://127.0.0.1:1/","config":null}""")]
    [InlineData(
        "extensions: [{name: client.authentication.k8s.io/exec, "
            + "extension: {audience: shop, n: 1, f: 1.5, t: true, z: null, l: [a, {b: 2}]}}]",
        """
            {"server":"https://127.0.0.1:1/","config":{"audience":"shop","n":1,"f":1.5,"t":true,"z":null,"l":["a",{"b":2}]}}
            """
    )]
    [InlineData(
        "extensions: [{name: client.authentication.k8s.io/exec, extension: text}]",
        """{"server":"https://127.0.0.1:1/","config":"text"}"""
    )]
    public async Task It_learns_of_the_cluster_what_kubectl_tells(string cluster, string expected)
    {
        await GetAsync(Plugin($"echo \"$KUBERNETES_EXEC_INFO\" > info; echo '{Token}'"), ", provideClusterInfo: true", cluster);

        var info = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "info")))!;
        Assert.Equal(expected.Trim(), info["spec"]!["cluster"]!.ToJsonString());
    }

    [Fact]
    public async Task It_learns_the_authorities_of_the_cluster()
    {
        var pem = new TestAuthority("exec").Pem;
        var data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pem));

        await GetAsync(
            Plugin($"echo \"$KUBERNETES_EXEC_INFO\" > info; echo '{Token}'"),
            ", provideClusterInfo: true",
            $"certificate-authority-data: {data}"
        );

        var info = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "info")))!;
        Assert.Equal(data, (string?)info["spec"]!["cluster"]!["certificate-authority-data"]);
    }

    /// <summary>A scalar as YAML, and as the JSON that kubectl makes of it.</summary>
    [Theory]
    [InlineData("text", "\"text\"")]
    [InlineData("''", "\"\"")]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("'null'", "\"null\"")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("TRUE", "true")]
    [InlineData("tRUE", "\"tRUE\"")]
    [InlineData("0", "0")]
    [InlineData("-12", "-12")]
    [InlineData("+12", "12")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("017", "15")]
    [InlineData("0b101", "5")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData(".5", "0.5")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("-a", "\"-a\"")]
    [InlineData("2026-11-20", "\"2026-11-20\"")]
    [InlineData("10:30", "\"10:30\"")]
    [InlineData("Infinity", "\"Infinity\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int 5", "5")]
    [InlineData("\"5\"", "\"5\"")]
    public async Task The_extension_is_written_as_the_JSON_that_kubectl_makes(string yaml, string json)
    {
        await GetAsync(
            Plugin($"printf %s \"$KUBERNETES_EXEC_INFO\" > info; echo '{Token}'"),
            ", provideClusterInfo: true",
            $"extensions: [{{name: client.authentication.k8s.io/exec, extension: {{v: {yaml} }}}}]"
        );

        Assert.Contains(
            $"\"config\":{{\"v\":{json}}}",
            await File.ReadAllTextAsync(Path.Combine(_folder, "info")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(".inf", ".inf is not a JSON number")]
    [InlineData("!!binary aGk=", "has the tag tag:yaml.org,2002:binary, which JSON cannot express")]
    [InlineData("{[a]: 1}", "a key is not a single value, which JSON cannot express")]
    public void What_JSON_cannot_express_is_named(string yaml, string reason) =>
        Assert.Contains(
            reason,
            Assert
                .Throws<AccessException>(() =>
                    Load(
                        "x",
                        ", provideClusterInfo: true",
                        $"extensions: [{{name: client.authentication.k8s.io/exec, extension: {{v: {yaml} }}}}]"
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task It_is_asked_again_after_its_expiry_and_when_its_token_is_refused()
    {
        var credentials = Load(
            Plugin(
                """
                echo x >> calls
                echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\
                \"status\":{\"token\":\"t$(wc -l < calls | tr -d ' ')\",\"expirationTimestamp\":\"2026-11-20T10:05:00Z\"}}"
                """
            )
        ).Credentials;

        Assert.Equal("Bearer t1", (await credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
        Assert.Equal("Bearer t1", (await credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
        Assert.Equal("Bearer t2", (await credentials.GetAsync(refused: true, CancellationToken.None)).Authorization);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("Bearer t3", (await credentials.GetAsync(refused: false, CancellationToken.None)).Authorization);
    }

    [Fact]
    public async Task It_may_answer_with_a_client_certificate()
    {
        using var certificate = new TestAuthority("exec").Issue("from-plugin");
        var pem = certificate.ExportCertificatePem();
        var key = System
            .Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!
            .ExportPkcs8PrivateKeyPem();
        var answer = new System.Text.Json.Nodes.JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = new System.Text.Json.Nodes.JsonObject { ["clientCertificateData"] = pem, ["clientKeyData"] = key },
        };
        await File.WriteAllTextAsync(Path.Combine(_folder, "answer"), answer.ToJsonString());

        var credential = await GetAsync(Plugin("cat answer"));

        Assert.Equal("CN=from-plugin", credential.ClientCertificate!.Certificate.Subject);
        Assert.Null(credential.Authorization);
    }

    /// <summary>What a plugin does wrong, and what has to be in the line that says so.</summary>
    [Theory]
    [InlineData(
        "echo secret-output; echo password=secret-error >&2; exit 3",
        "ended with exit code 3; run it by hand to see why; its last line: password=[removed]"
    )]
    [InlineData(
        "echo first >&2; echo 'Unable to locate credentials' >&2; exit 255",
        "ended with exit code 255; run it by hand to see why; its last line: Unable to locate credentials"
    )]
    [InlineData("seq 1 5000 >&2; exit 1", "its last line: 5000")]
    [InlineData("echo session expired >&2; echo secret-output", "did not answer with an ExecCredential; its last line: session expired")]
    [InlineData("echo secret-output", "did not answer with an ExecCredential")]
    [InlineData("true", "did not answer with an ExecCredential")]
    [InlineData(
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\","
            + "\"status\":{\"token\":\"secret-output\"}}'",
        "did not answer with an ExecCredential of client.authentication.k8s.io/v1"
    )]
    [InlineData(
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'",
        "answered with neither a token nor a client certificate and key"
    )]
    [InlineData(
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":5}}'",
        "did not answer with an ExecCredential"
    )]
    public async Task Its_failure_is_told_without_its_output(string script, string reason)
    {
        var path = Plugin(script);

        var message = (await Assert.ThrowsAsync<AccessException>(() => GetAsync(path))).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended_after_its_limit()
    {
        var path = Plugin("echo $$ > pid; exec sleep 1000");
        var asked = GetAsync(path);
        await _time.TimerAsync(left => left == TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains(
            "did not answer within 30s",
            (await Assert.ThrowsAsync<AccessException>(() => asked)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_plugin_that_is_missing_is_told_with_its_hint()
    {
        var message = (
            await Assert.ThrowsAsync<AccessException>(() => GetAsync("no-such-plugin", ", installHint: \"get it from\\nthe shop\""))
        ).Message;

        Assert.EndsWith(
            "the command \"no-such-plugin\" cannot be started: not found; get it from the shop",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_signal_ends_the_wait_for_it()
    {
        using var cancel = new CancellationTokenSource();
        var asked = Load(Plugin("exec sleep 1000")).Credentials.GetAsync(refused: false, cancel.Token).AsTask();
        await _time.TimerAsync(left => left == TimeSpan.FromSeconds(30));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private async Task<Credential> GetAsync(string command, string more = "", string cluster = "insecure-skip-tls-verify: true") =>
        await Load(command, more, cluster).Credentials.GetAsync(refused: false, CancellationToken.None);

    private ClusterAccess Load(string command, string more = "", string cluster = "insecure-skip-tls-verify: true")
    {
        var config = Path.Combine(_folder, "config");
        File.WriteAllText(
            config,
            ApiObjects.Kubeconfig(
                new Uri("https://127.0.0.1:1"),
                cluster,
                $"exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: \"{command}\"{more}}}"
            )
        );
        var environment = new WaitFor.Kubernetes.Access.Environment(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" });
        return AccessLoader.Load(config, null, environment, _time, TimeSpan.FromSeconds(30));
    }

    private string Plugin(string script)
    {
        var path = Path.Combine(_folder, $"plugin-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/bin/sh\ncd '{_folder}'\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
