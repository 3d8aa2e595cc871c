using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WaitFor.Kubernetes.Access;

/// <summary>Credentials from an exec plugin (aws, gke-gcloud-auth-plugin, kubelogin). Its output is never shown: it has the token. Of what
/// it writes to the standard error the last line is shown where it fails, without what looks like a secret.
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
    private readonly ClientIdentity? _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly string _apiVersion;
    private readonly string _command;
    private readonly ProcessStartInfo _start;
    private Credential? _credential;
    private DateTimeOffset? _expires;

    private ExecPlugin(
        YamlSection exec,
        ClusterSettings cluster,
        ClientIdentity? client,
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
            throw exec.Error("interactiveMode Always needs a terminal, and wait-for has none");
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
        _start.Environment["KUBERNETES_EXEC_INFO"] = ExecInfo.Of(_apiVersion, exec.Flag("provideClusterInfo") ? cluster : null);
    }

    /// <summary>Reads the plugin's section; starts nothing.</summary>
    /// <exception cref="AccessException">The section cannot be used.</exception>
    public static Credentials Read(
        YamlSection exec,
        ClusterSettings cluster,
        ClientIdentity? client,
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
                (_credential, _expires) = await AskAsync(cancel);
            return _credential;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(Credential Credential, DateTimeOffset? Expires)> AskAsync(CancellationToken cancel)
    {
        var errors = new LastWords();
        try
        {
            return Parse(await RunAsync(errors, cancel));
        }
        catch (AccessException exception) when (SecretText.LastLine(errors.Text) is { } line)
        {
            throw new AccessException($"{exception.Message}; its last line: {line}", exception);
        }
    }

    private async Task<string> RunAsync(LastWords words, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = words.ReadAsync(process.StandardError.BaseStream, either.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(either.Token));
            return process.ExitCode == 0
                ? await output
                : throw _exec.Error($"the command {Shown} ended with exit code {process.ExitCode}; run it by hand to see why");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var seconds = _limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw _exec.Error($"the command {Shown} did not answer within {seconds}s; run it by hand to see why");
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
            var reason = exception is Win32Exception { NativeErrorCode: 2 } ? "not found" : ApiFault.OneLine(exception.Message);
            throw _exec.Error($"the command {Shown} cannot be started: {reason}{hint}");
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
                certificate is null || key is null ? _client : ClientIdentity.Read(certificate, key, $"the answer of the command {Shown}");
            DateTimeOffset? expires = Text(status, "expirationTimestamp") is { } time
                ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null;
            var authorization = token is null
                ? null
                : "Bearer " + CheckToken(token, reason => _exec.Error($"the answer of the command {Shown}: {reason}"));
            return (new Credential(authorization, client) { Origin = $"the command {Shown}" }, expires);
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

    /// <summary>The end of what a plugin writes to its standard error. All of it is read, so that the plugin never blocks on it.</summary>
    private sealed class LastWords
    {
        private readonly byte[] _end = new byte[4096];
        private int _length;

        public string Text
        {
            get
            {
                lock (_end)
                    return Encoding.UTF8.GetString(_end, 0, _length);
            }
        }

        public async Task ReadAsync(Stream stream, CancellationToken cancel)
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
            {
                lock (_end)
                {
                    var kept = Math.Min(_length, _end.Length - count);
                    _end.AsSpan(_length - kept, kept).CopyTo(_end);
                    buffer.AsSpan(0, count).CopyTo(_end.AsSpan(kept));
                    _length = kept + count;
                }
            }
        }
    }
}
