using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Testing;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>A gate on a fake API server, with a clock of the test's own.</summary>
internal sealed class GateHarness : IAsyncDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-test-").FullName;

    private GateHarness(FakeApiServer server, ManualTimeProvider time) => (Server, Time) = (server, time);

    public FakeApiServer Server { get; }

    public ManualTimeProvider Time { get; }

    public Log Lines { get; } = new();

    /// <summary>What the client was about to do, line by line.</summary>
    public Log Trace { get; } = new();

    /// <summary>Where the gate finds the server; null: at the server's own address.</summary>
    public Uri? Through { get; set; }

    public string TokenFile => Path.Combine(_folder, "token");

    public string AuthorityFile => Path.Combine(_folder, "ca.crt");

    /// <summary>Starts the server; pauses between tries take no time.</summary>
    /// <param name="jump">Whether the clock jumps over pauses by itself.</param>
    /// <param name="certificate">The server's certificate; null: a good one.</param>
    /// <param name="protocols">The versions of HTTP that the server offers.</param>
    public static async Task<GateHarness> StartAsync(bool jump = true, Func<TestAuthority, X509Certificate2>? certificate = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var harness = new GateHarness(await FakeApiServer.StartAsync(certificate, protocols), new ManualTimeProvider { JumpOver = jump ? TimeSpan.FromSeconds(20) : TimeSpan.Zero });
        await File.WriteAllTextAsync(harness.TokenFile, "first-token\n");
        await File.WriteAllTextAsync(harness.AuthorityFile, harness.Server.Authority.Pem);
        return harness;
    }

    /// <summary>Runs the gate for a command line until it ends; a test that hangs is cut after a minute of real time.</summary>
    /// <param name="commandLine">Words as in a shell, split at spaces.</param>
    /// <param name="authoritiesFromFile">Whether the CA is a file, or inline.</param>
    /// <param name="more">More fields of the kubeconfig's cluster.</param>
    public async Task<GateResult> RunAsync(string commandLine, bool authoritiesFromFile = true, string more = "")
    {
        var options = new GateCommand(commandLine.Split(' '), _ => null).Read();
        using var api = await ConnectAsync(authoritiesFromFile, more);
        var access = api.Access;
        var random = new Random(42);
        var several = options.Targets.Any(target => target.AskedNamespace is not null);
        var targets = options.Targets.Select(target => target with
        {
            Namespace = options.AllNamespaces ? null : target.AskedNamespace ?? options.Namespace ?? access.Namespace,
            ShowNamespace = several,
        });
        var gate = new Gate([.. targets.Select(target => Follower.Create(target, api, Time, random))], options.Timeout, Time, Lines);
        return await gate.RunAsync(_interrupt.Token).WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The API server's client, as the kubeconfig says.</summary>
    /// <param name="authoritiesFromFile">Whether the CA is a file, or inline.</param>
    /// <param name="more">More fields of the kubeconfig's cluster.</param>
    public async Task<ApiServer> ConnectAsync(bool authoritiesFromFile = true, string more = "")
    {
        var cluster = authoritiesFromFile
            ? $"certificate-authority: \"{AuthorityFile}\""
            : $"certificate-authority-data: {Convert.ToBase64String(await File.ReadAllBytesAsync(AuthorityFile))}";
        var kubeconfig = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(kubeconfig, ApiObjects.Kubeconfig(Through ?? Server.Address, cluster + more, $"tokenFile: \"{TokenFile}\""));
        var access = AccessLoader.Load(kubeconfig, context: null, new Kubernetes.Access.Environment(new Dictionary<string, string>()), Time, TimeSpan.FromSeconds(30));
        return new ApiServer(access, new ProductInfoHeaderValue("wait-for", "0.0.0"), Time, Trace.Add);
    }

    /// <summary>As a signal would.</summary>
    public void Interrupt() => _interrupt.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        await Server.DisposeAsync();
        _interrupt.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Keeps the lines of the log, and lets a test wait for one.</summary>
    internal sealed class Log : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly List<(string Part, TaskCompletionSource Found)> _waiters = [];

        /// <summary>Called with each line, by the thread that writes it, before it goes on.</summary>
        public Action<string>? Written { get; set; }

        public IReadOnlyList<string> All => [.. _lines];

        public Task ContainsAsync(string part)
        {
            lock (_waiters)
            {
                if (_lines.Any(line => line.Contains(part, StringComparison.Ordinal)))
                    return Task.CompletedTask;
                var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiters.Add((part, found));
                return found.Task.WaitAsync(TimeSpan.FromMinutes(1));
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Add(formatter(state, exception));
        }

        public void Add(string line)
        {
            lock (_waiters)
            {
                _lines.Enqueue(line);
                foreach (var waiter in _waiters.Where(waiter => line.Contains(waiter.Part, StringComparison.Ordinal)).ToList())
                {
                    _waiters.Remove(waiter);
                    waiter.Found.SetResult();
                }
            }

            Written?.Invoke(line);
        }
    }
}
