using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>How the native gate ends: codes, lines, signals at every stage.</summary>
public sealed class EndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-binary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NativeTheory]
    [InlineData("--help", "Usage:")]
    [InlineData("-h", "Exit codes:")]
    [InlineData("--version", "wait-for 0.")]
    public async Task Help_and_version_go_to_the_standard_output(string argument, string part)
    {
        var (exitCode, output, log) = await NativeGate.RunAsync([argument]);

        Assert.Equal(0, exitCode);
        Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Empty(log);
    }

    /// <summary>Wrong words, the exit code, and the one line.</summary>
    [NativeTheory]
    [InlineData("", 2, "no target: write KIND/NAME")]
    [InlineData("deployment-we/x", 2, "\"deployment-we\": the suffixes -we and -wr are for jobs and pods; write deployment")]
    [InlineData("job/", 2, "the name is empty: write KIND/NAME")]
    [InlineData("pod:app=!x", 2, "selector \"app=!x\": a value is expected")]
    [InlineData("job/x --timeout 5", 2, "--timeout \"5\": the unit is missing")]
    [InlineData("job/x --timeout 1s --timeout 2s", 2, "--timeout is given more than once")]
    [InlineData("job/x --frobnicate", 2, "unknown option --frobnicate")]
    [InlineData("job/x --kubeconfig /not/there", 3, "kubeconfig /not/there cannot be read: it does not exist")]
    [InlineData("job/x", 3, "no cluster configuration: give --kubeconfig FILE, set KUBECONFIG, or run in a pod")]
    public async Task Bad_input_is_one_line(string words, int exitCode, string line)
    {
        var (ended, output, log) = await NativeGate.RunAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(exitCode, ended);
        Assert.Empty(output);
        Assert.Contains("error: " + line, log, StringComparison.Ordinal);
        Assert.Single(log.TrimEnd('\n').Split('\n'));
    }

    [NativeTheory]
    [InlineData("job/good", 0, "met", "Met", "JobComplete")]
    [InlineData("job/bad", 1, "failed", "Failed", "JobFailed")]
    [InlineData("job/none --on-missing=fail", 4, "missing", "Failed", "Missing")]
    [InlineData("job/none --timeout 3s", 124, "timed-out", "Pending", "Missing")]
    public async Task Json_is_one_document_at_the_end_and_the_log_is_lines_of_it(
        string words,
        int exitCode,
        string outcome,
        string verdict,
        string code
    )
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("good"));
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("bad"));

        var (ended, output, log) = await NativeGate.RunAsync([.. words.Split(' '), "-o", "json", "--kubeconfig", Kubeconfig(server)]);

        Assert.Equal(exitCode, ended);
        using var document = JsonDocument.Parse(output);
        Assert.Equal(outcome, document.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(exitCode, document.RootElement.GetProperty("exitCode").GetInt32());
        var target = document.RootElement.GetProperty("targets")[0];
        Assert.Equal(verdict, target.GetProperty("verdict").GetString());
        Assert.Equal(code, target.GetProperty("code").GetString());
        Assert.All(log.TrimEnd('\n').Split('\n'), line => JsonDocument.Parse(line).Dispose());
    }

    [NativeFact]
    public async Task Nothing_secret_is_logged_at_any_verbosity()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        var (exitCode, output, log) = await NativeGate.RunAsync(["job/db", "-v", "--kubeconfig", Kubeconfig(server)]);

        Assert.Equal(0, exitCode);
        Assert.Contains(
            "GET /apis/batch/v1/namespaces/shop/jobs?fieldSelector=metadata.name%3Ddb&limit=500",
            log,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret-token", log + output, StringComparison.Ordinal);
        Assert.Equal("Bearer secret-token", server.Requests[0].Authorization);
    }

    [NativeFact]
    public async Task Text_of_the_cluster_cannot_reach_the_terminal_as_an_escape_sequence()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(
            ApiObjects.Jobs("shop"),
            ApiObjects.Job(
                "db",
                """{"conditions":[{"type":"Failed","status":"True","reason":"X","message":"\u001b[2Jgone\r\nsecond line"}]}"""
            )
        );

        var (exitCode, _, log) = await NativeGate.RunAsync(["job/db", "--kubeconfig", Kubeconfig(server)]);

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain('\u001b', log);
        Assert.Contains("job/db: failed: X:  [2Jgone  second line\n", log, StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task An_insecure_cluster_is_used_with_a_warning()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        var (exitCode, _, log) = await NativeGate.RunAsync([
            "job/db",
            "--kubeconfig",
            Write("config", ApiObjects.Kubeconfig(server.Address, "insecure-skip-tls-verify: true")),
        ]);

        Assert.Equal(0, exitCode);
        Assert.Contains("warning: insecure-skip-tls-verify", log, StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task A_client_certificate_is_presented()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var certificate = server.Authority.Issue("gate");
        Write("client.crt", certificate.ExportCertificatePem());
        Write(
            "client.key",
            System
                .Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!
                .ExportPkcs8PrivateKeyPem()
        );

        var (exitCode, _, log) = await NativeGate.RunAsync([
            "job/db",
            "--kubeconfig",
            Kubeconfig(server, "client-certificate: client.crt, client-key: client.key"),
        ]);

        Assert.True(exitCode == 0, log);
    }

    /// <summary>Signals while a plugin hangs, while nobody accepts, while the head of an answer is awaited, while it watches, and between
    /// tries.</summary>
    public static TheoryData<string, int, int> Stages
    {
        get
        {
            var rows = new TheoryData<string, int, int>();
            foreach (var stage in new[] { "plugin", "silent server", "answer", "watch", "back-off" })
            {
                rows.Add(stage, 15, 143);
                rows.Add(stage, 2, 130);
            }

            return rows;
        }
    }

    [NativeTheory]
    [MemberData(nameof(Stages))]
    public async Task A_signal_ends_it_at_every_stage(string stage, int signal, int exitCode)
    {
        await using var server = await FakeApiServer.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var silent = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var always = stage == "answer" ? server.Always(_ => true, Answers.Silence) : null;
        var config = stage switch
        {
            "plugin" => Kubeconfig(
                server,
                $"exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "
                    + $"\"{Plugin("touch started; exec sleep 1000")}\"}}"
            ),
            "silent server" => Write("config", ApiObjects.Kubeconfig(silent, "insecure-skip-tls-verify: true")),
            "back-off" => Write("config", ApiObjects.Kubeconfig(new Uri("https://127.0.0.1:1"), "insecure-skip-tls-verify: true")),
            _ => Kubeconfig(server),
        };
        await using var gate = NativeGate.Start(
            ["job/db", "-v", "--kubeconfig", config],
            new Dictionary<string, string> { ["HOME"] = _folder }
        );
        switch (stage)
        {
            case "plugin":
                await gate.LogsAsync("API server https");
                break;
            case "silent server":
                using (await listener.AcceptTcpClientAsync())
                    gate.Signal(signal);
                break;
            case "answer":
                await server.ArrivedAsync(_ => true, 1);
                break;
            case "watch":
                await server.ArrivedAsync(request => request.IsWatch, 1);
                break;
            default:
                await gate.LogsAsync("Connection refused");
                break;
        }

        gate.Signal(signal);

        Assert.Equal(exitCode, await gate.ExitAsync());
        Assert.Contains($"error: {(signal == 15 ? "SIGTERM" : "SIGINT")}: interrupted", gate.Log, StringComparison.Ordinal);
    }

    private string Kubeconfig(FakeApiServer server, string user = "token: secret-token")
    {
        var authority = Write("ca.crt", server.Authority.Pem);
        return Write("config", ApiObjects.Kubeconfig(server.Address, $"certificate-authority: \"{authority}\"", user));
    }

    private string Plugin(string script)
    {
        var path = Write("plugin", $"#!/bin/sh\ncd '{_folder}'\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
