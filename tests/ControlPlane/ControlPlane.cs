using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace WaitFor.Testing;

/// <summary>
/// A Kubernetes control plane of one's own: etcd, kube-apiserver and kube-controller-manager as child processes, on free
/// ports of 127.0.0.1 and in a new folder. There is no scheduler and no kubelet: tests write the pods' statuses.
/// Works with 1.20 up to 1.36. Not safe for concurrent kills and starts.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly string[] Binaries = ["etcd", "kube-apiserver", "kube-controller-manager"];

    private readonly string assets;
    private readonly ServerArguments arguments;
    private readonly string? clientAuthority;
    private readonly HttpClient etcdClient;
    private ChildProcess? etcd;
    private ChildProcess? apiServer;
    private ChildProcess? controllerManager;
    private Administrator? admin;

    private ControlPlane(string assets, Version kubernetesVersion, string? clientAuthority)
    {
        this.clientAuthority = clientAuthority;
        this.assets = Path.GetFullPath(assets);
        KubernetesVersion = kubernetesVersion;
        var ports = Ports.Free(4);
        Folder = TemporaryFolder.Create("waitfor-control-plane-");
        arguments = new ServerArguments(Folder, kubernetesVersion, ports[0], ports[1], ports[2], ports[3], clientAuthority is not null);
        AdminToken = RandomNumberGenerator.GetHexString(32, lowercase: true);
        etcdClient = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>The API server's address.</summary>
    public Uri Server => arguments.Server;

    /// <summary>The certificates to trust for <see cref="Server"/>, PEM.</summary>
    public string CaFile => arguments.CaFile;

    /// <summary>A kubeconfig (in JSON, which is YAML) for the administrator.</summary>
    public string KubeConfigFile => arguments.KubeConfigFile;

    /// <summary>The bearer token of a member of <c>system:masters</c>.</summary>
    public string AdminToken { get; }

    /// <summary>Where everything lives, the servers' logs too (*.log). Deleted at the end.</summary>
    public string Folder { get; }

    /// <summary>The version of the running binaries.</summary>
    public Version KubernetesVersion { get; }

    /// <summary>The process id of kube-apiserver.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public int ApiServerProcessId => Running(apiServer, "kube-apiserver").Id;

    /// <summary>The administrator.</summary>
    public Administrator Admin => admin ?? throw new InvalidOperationException("not started");

    /// <summary>Starts a control plane and waits until its API server and its controllers work.</summary>
    /// <param name="assets">The folder with the three binaries, see <see cref="ControlPlaneAssets.Find"/>.</param>
    /// <param name="clientAuthority">The authority of client certificates, PEM; null: they are not accepted.</param>
    /// <param name="cancellationToken">Ends the wait, and what was started.</param>
    /// <exception cref="FileNotFoundException">A binary is missing.</exception>
    /// <exception cref="ChildDiedException">A server ended early.</exception>
    /// <exception cref="TimeoutException">A server was not ready within 180s.</exception>
    public static async Task<ControlPlane> StartAsync(
        string assets,
        string? clientAuthority = null,
        CancellationToken cancellationToken = default
    )
    {
        var missing = Binaries.Select(name => Path.Combine(assets, name)).FirstOrDefault(file => !File.Exists(file));
        if (missing is not null)
        {
            throw new FileNotFoundException($"{missing} is missing; tests/control-plane makes it", missing);
        }

        var version = await ReadVersionAsync(Path.Combine(assets, "kube-apiserver"), cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var started = new ControlPlane(assets, version, clientAuthority);
            try
            {
                await started.StartAllAsync(cancellationToken);
                return started;
            }
            catch (ChildDiedException e) when (e.PortTaken && attempt == 1)
            {
                await started.DisposeAsync(); // once more, with other ports
            }
            catch
            {
                await started.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Kills the API server (SIGKILL): connections break, nothing answers.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public async Task KillApiServerAsync()
    {
        await KillAsync(Running(apiServer, "kube-apiserver"));
        apiServer = null;
    }

    /// <summary>Starts the API server again, with the same port and data, and waits until it is ready.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildDiedException">It ended early.</exception>
    /// <exception cref="TimeoutException">It was not ready within 60s.</exception>
    public async Task StartApiServerAsync(CancellationToken cancellationToken = default)
    {
        var child = apiServer = apiServer is null
            ? await LaunchAsync("kube-apiserver", arguments.ApiServer())
            : throw new InvalidOperationException("kube-apiserver is running");

        // It writes its certificate first and the key after that: with the key there, the certificate is whole.
        await UntilAsync(
            "certificate of kube-apiserver",
            child,
            _ => Task.FromResult(File.Exists(arguments.ServingKeyFile)),
            cancellationToken
        );
        admin ??= new Administrator(Server, CaFile, AdminToken, KubernetesVersion);
        await UntilAsync("kube-apiserver", child, admin.IsReadyAsync, cancellationToken);
    }

    /// <summary>
    /// Kills the controllers (SIGKILL), for good. Then a Job is what the test writes and nothing else: a controller that was
    /// cut off may write an older status over a newer one (the Job controller of 1.20 repeats such a write blindly).
    /// </summary>
    /// <exception cref="InvalidOperationException">They are not running.</exception>
    public async Task KillControllersAsync()
    {
        await KillAsync(Running(controllerManager, "kube-controller-manager"));
        controllerManager = null;
    }

    /// <summary>Kills etcd (SIGKILL): the API server goes on, and fails whatever needs etcd.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public async Task KillEtcdAsync()
    {
        await KillAsync(Running(etcd, "etcd"));
        etcd = null;
    }

    /// <summary>Starts etcd again, with the same port and data, and waits until it and a running API server are ready.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildDiedException">It ended early.</exception>
    /// <exception cref="TimeoutException">It was not ready within 60s.</exception>
    public async Task StartEtcdAsync(CancellationToken cancellationToken = default)
    {
        var child = etcd = etcd is null
            ? await LaunchAsync("etcd", arguments.Etcd())
            : throw new InvalidOperationException("etcd is running");
        await UntilAsync("etcd", child, EtcdIsHealthyAsync, cancellationToken);
        if (apiServer is not null)
        {
            await UntilAsync("kube-apiserver", apiServer, Admin.IsReadyAsync, cancellationToken);
        }
    }

    /// <summary>Ends the processes (SIGTERM, after 2s SIGKILL) and deletes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        var children = new[] { controllerManager, apiServer, etcd }.OfType<ChildProcess>().ToList();
        (controllerManager, apiServer, etcd) = (null, null, null);
        await Task.WhenAll(children.Select(child => child.StopAsync()));
        children.ForEach(child => child.Dispose());
        admin?.Dispose();
        etcdClient.Dispose();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task<Version> ReadVersionAsync(string binary, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(binary, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = await ProcessStarter.StartAsync(info);
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken); // "Kubernetes v1.20.2"
        await process.WaitForExitAsync(cancellationToken);
        var number = text[(text.IndexOf('v', StringComparison.Ordinal) + 1)..].TakeWhile(c => char.IsAsciiDigit(c) || c == '.');
        return Version.TryParse(string.Concat(number), out var version)
            ? version
            : throw new InvalidDataException($"{binary} --version says: {text}");
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        using (var key = RSA.Create(2048))
        {
            await WriteAsync(arguments.ServiceAccountKeyFile, key.ExportRSAPrivateKeyPem(), cancellationToken);
        }

        await WriteAsync(arguments.TokenFile, $"{AdminToken},admin,admin,system:masters\n", cancellationToken);
        if (clientAuthority is not null)
        {
            await WriteAsync(arguments.ClientCaFile, clientAuthority, cancellationToken);
        }

        await WriteAsync(arguments.KubeConfigFile, arguments.KubeConfig(AdminToken), cancellationToken);

        await StartEtcdAsync(cancellationToken);
        await StartApiServerAsync(cancellationToken);

        var controllers = controllerManager = await LaunchAsync("kube-controller-manager", arguments.ControllerManager());
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var ready = Admin.CreateNamespaceAsync("controllers-are-up", giveUp.Token);
            await UntilAsync("kube-controller-manager", controllers, _ => Task.FromResult(ready.IsCompleted), cancellationToken);
            await Admin.DeleteAsync($"/api/v1/namespaces/{await ready}", cancellationToken: cancellationToken);
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }

    private Task<ChildProcess> LaunchAsync(string name, IEnumerable<string> words) =>
        ChildProcess.StartAsync(Path.Combine(assets, name), words, Path.Combine(Folder, $"{name}.log"));

    private static Task UntilAsync(
        string what,
        ChildProcess child,
        Func<CancellationToken, Task<bool>> probe,
        CancellationToken cancellationToken
    ) =>
        Poll.UntilAsync(
            what,
            StartLimit,
            token =>
            {
                child.EnsureAlive();
                return probe(token);
            },
            cancellationToken
        );

    private async Task<bool> EtcdIsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await etcdClient.GetAsync(new Uri(arguments.EtcdUrl, "/health"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task KillAsync(ChildProcess child)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await child.KillAsync(limit.Token);
        child.Dispose();
    }

    private static ChildProcess Running(ChildProcess? child, string name) =>
        child ?? throw new InvalidOperationException($"{name} is not running");

    private static Task WriteAsync(string file, string text, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
}
