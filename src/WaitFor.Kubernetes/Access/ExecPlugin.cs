using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace WaitFor.Kubernetes.Access;

/// <summary>Credentials from an exec plugin (aws, gke-gcloud-auth-plugin, kubelogin). Its output is never shown: it holds the token.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"/></summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to release as long as no wait handle is asked of it.")]
internal sealed class ExecPlugin : Credentials
{
    private const string Group = "client.authentication.k8s.io/";
    private static readonly string[] Known =
    [
        "apiVersion",
        "command",
        "args",
        "env",
        "installHint",
        "provideClusterInfo",
        "interactiveMode",
    ];

    private readonly SemaphoreSlim _one = new(1);
    private readonly YamlSection _exec;
    private readonly X509Certificate2? _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly string _apiVersion;
    private readonly string _command;
    private readonly ProcessStartInfo _start;
    private Credential? _credential;
    private DateTimeOffset? _expires;

    private ExecPlugin(
        YamlSection exec,
        YamlSection cluster,
        X509Certificate2? client,
        Environment environment,
        TimeProvider time,
        TimeSpan limit
    )
    {
        (_exec, _client, _time, _limit) = (exec, client, time, limit);
        if (exec.Fields.FirstOrDefault(field => !Known.Contains(field, StringComparer.Ordinal)) is { } unknown)
            throw exec.Error($"the field {ApiFault.OneLine(unknown)} is not supported");
        _apiVersion = exec.Text("apiVersion") switch
        {
            Group + "v1" or Group + "v1beta1" => exec.Text("apiVersion")!,
            var other => throw exec.Error($"apiVersion is \"{ApiFault.OneLine(other ?? "")}\"; {Group}v1 or {Group}v1beta1 is supported"),
        };
        if (exec.Text("interactiveMode") == "Always")
            throw exec.Error("interactiveMode Always needs a terminal, which a gate has not");
        _command = exec.Text("command") ?? throw exec.Error("command is not set");
        // As kubectl: a path with a separator is relative to the kubeconfig, a bare name is looked up in PATH.
        var file = _command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? exec.FilePath("command")! : _command;
        _start = new ProcessStartInfo(file, exec.Texts("args"))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        _start.Environment.Clear();
        foreach (var (name, value) in environment.Variables)
            _start.Environment[name] = value;
        foreach (var variable in exec.List("env"))
            _start.Environment[variable.Text("name") ?? throw exec.Error("a variable in env has no name")] = variable.Text("value") ?? "";
        _start.Environment["KUBERNETES_EXEC_INFO"] = Info(exec.Flag("provideClusterInfo") ? cluster : null);
    }

    /// <summary>Reads the plugin's section; starts nothing.</summary>
    /// <exception cref="AccessException">The section cannot be used.</exception>
    public static Credentials Read(
        YamlSection exec,
        YamlSection cluster,
        X509Certificate2? client,
        Environment environment,
        TimeProvider time,
        TimeSpan limit
    ) => new ExecPlugin(exec, cluster, client, environment, time, limit);

    internal override async ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (_credential is null || refused || _expires <= _time.GetUtcNow())
                (_credential, _expires) = Parse(await RunAsync(cancel));
            return _credential;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string> RunAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            // Read away, so that the plugin never blocks on it.
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(either.Token));
            return process.ExitCode == 0
                ? await output
                : throw _exec.Error($"the command {Shown} ended with exit code {process.ExitCode}; run it by hand to see why");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw _exec.Error(
                $"the command {Shown} did not answer within {_limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s; run it by hand to see why"
            );
        }
        finally
        {
            Kill(process);
        }
    }

    private Process Start()
    {
        try
        {
            return Process.Start(_start)!;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            var hint = _exec.Text("installHint") is { } text ? $"; {ApiFault.OneLine(text)}" : "; install it, or correct the command";
            throw _exec.Error(
                $"the command {Shown} cannot be started: {ApiFault.OneLine(exception is Win32Exception { NativeErrorCode: 2 } ? "not found" : exception.Message)}{hint}"
            );
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It ended by itself in between.
        }
    }

    private string Shown => $"\"{ApiFault.OneLine(_command)}\"";

    private (Credential Credential, DateTimeOffset? Expires) Parse(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            if (root.GetProperty("kind").GetString() != "ExecCredential" || root.GetProperty("apiVersion").GetString() != _apiVersion)
                throw _exec.Error($"the command {Shown} did not answer with an ExecCredential of {_apiVersion}");
            var status = root.GetProperty("status");
            var (certificate, key) = (Text(status, "clientCertificateData"), Text(status, "clientKeyData"));
            var token = Text(status, "token");
            if (token is null && (certificate is null || key is null))
                throw _exec.Error($"the command {Shown} answered with neither a token nor a client certificate and key");
            var client =
                certificate is null || key is null ? _client : ReadCertificate(certificate, key, $"the answer of the command {Shown}");
            DateTimeOffset? expires = Text(status, "expirationTimestamp") is { } time
                ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null;
            return (
                new Credential(
                    token is null
                        ? null
                        : "Bearer " + CheckToken(token, reason => _exec.Error($"the answer of the command {Shown}: {reason}")),
                    client
                ),
                expires
            );
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The exception's text might quote the output.
            throw _exec.Error($"the command {Shown} did not answer with an ExecCredential");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private string Info(YamlSection? cluster)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", _apiVersion);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            if (cluster is not null)
                WriteCluster(json, cluster);
            json.WriteBoolean("interactive", false);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteCluster(Utf8JsonWriter json, YamlSection cluster)
    {
        json.WriteStartObject("cluster");
        foreach (var field in new[] { "server", "tls-server-name", "proxy-url" })
        {
            if (cluster.Text(field) is { } value)
                json.WriteString(field, value);
        }

        if (cluster.Flag("insecure-skip-tls-verify"))
            json.WriteBoolean("insecure-skip-tls-verify", true);
        var authority = cluster.Data("certificate-authority-data")
            ?? (cluster.FilePath("certificate-authority") is { } file ? Files.Read(file, "the CA file") : null);
        if (authority is not null)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authority));
        json.WriteEndObject();
    }
}
