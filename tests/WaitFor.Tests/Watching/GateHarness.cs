using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Report;
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

    /// <summary>Fields of the kubeconfig's user; null: the token file.</summary>
    public string? User { get; set; }

    /// <summary>True: completion records are written, as with <c>--record-write</c>.</summary>
    public bool Records { get; set; }

    /// <summary>What flags of the command line change.</summary>
    public AccessOverrides Overrides { get; set; } = AccessOverrides.None;

    public string TokenFile => Path.Combine(_folder, "token");

    public string AuthorityFile => Path.Combine(_folder, "ca.crt");

    /// <summary>Starts the server; pauses between tries take no time.</summary>
    /// <param name="jump">Whether the clock jumps over pauses by itself.</param>
    /// <param name="certificate">The server's certificate; null: a good one.</param>
    /// <param name="protocols">The versions of HTTP that the server offers.</param>
    /// <param name="clients">The authority of its clients; null: it asks for no certificate.</param>
    public static async Task<GateHarness> StartAsync(
        bool jump = true,
        Func<TestAuthority, X509Certificate2>? certificate = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        TestAuthority? clients = null
    )
    {
        var harness = new GateHarness(
            await FakeApiServer.StartAsync(certificate, protocols, clients),
            new ManualTimeProvider
            {
                JumpOver = jump ? TimeSpan.FromSeconds(20) : TimeSpan.Zero,
                Keep = WaitFor.Watching.Ladder.WatchList<Verdicts.State.PodState>.LongestSilence,
            }
        );
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
        var random = new Random(42);
        var several = options.Targets.Any(target => target.AskedNamespace is not null);
        var targets = options.Targets.Select(target =>
            target with
            {
                Namespace =
                    options.AllNamespaces || !target.Kind.Namespaced
                        ? null
                        : target.AskedNamespace ?? options.Namespace ?? api.Access.Namespace,
                ShowNamespace = several,
            }
        );
        var gate = new Gate([.. targets.Select(target => Follower.Create(target, api, Time, random))], options.Timeout, Time, Lines.Logger)
        {
            Once = options.Once,
            Records = Records ? new RecordWriter(api, Time, random.Next(), Lines.Logger, _interrupt.Token) : null,
        };
        return await gate.RunAsync(_interrupt.Token).WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether a line of the log tells of a fault. The clock jumps over pauses while answers are under way: that they take long is
    /// the clock's doing.</summary>
    public bool IsFault(string line) =>
        line.StartsWith("API server:", StringComparison.Ordinal)
        && !IsSilence(line)
        && (
            !line.EndsWith("answers again", StringComparison.Ordinal)
            || Lines.All.Any(other => other.Contains("; trying again", StringComparison.Ordinal) && !IsSilence(other))
        );

    private static bool IsSilence(string line) =>
        line.Contains("no answer yet", StringComparison.Ordinal) || line.Contains("sent nothing for too long", StringComparison.Ordinal);

    /// <summary>Completes when the log has such a line and a watch was accepted: only then nothing but the watch's own silence can come
    /// due.</summary>
    public async Task WatchingAsync(string line)
    {
        await Lines.ContainsAsync(line);
        await Time.TimerAsync(left => left == TimeSpan.FromSeconds(150));
    }

    /// <summary>Runs the gate until 20 s are over, or it ends before; for targets that can be read, on a clock that does not
    /// jump.</summary>
    public async Task<GateResult> EndAsync(string commandLine)
    {
        var running = RunAsync(commandLine + " --timeout 20s");
        // The limit's own timer runs from the beginning on: the states are known when they are in the log.
        await Task.WhenAny(
            running,
            Task.WhenAll(
                new GateCommand(commandLine.Split(' '), _ => null)
                    .Read()
                    .Targets.Select(target => Lines.ContainsAsync($"{(target.AskedNamespace is { } name ? name + "/" : "")}{target}: "))
            )
        );
        Time.Advance(TimeSpan.FromSeconds(20));
        return await running;
    }

    /// <summary>Collects what a report shows, cut after a minute of real time.</summary>
    /// <param name="result">The end of the gate.</param>
    /// <param name="ownPod">The pod that the gate runs in, by its environment.</param>
    /// <param name="clock">Clock of the requests; null: that of everything.</param>
    public async Task<Facts> CollectAsync(GateResult result, string? ownPod = null, TimeProvider? clock = null)
    {
        using var api = await ConnectAsync(clock: clock);
        return await new Collector(api, Time, api.Access.Namespace, ownPod)
            .CollectAsync(result.Targets, _interrupt.Token)
            .WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The API server's client, as the kubeconfig says.</summary>
    /// <param name="authoritiesFromFile">Whether the CA is a file, or inline.</param>
    /// <param name="more">More fields of the kubeconfig's cluster.</param>
    /// <param name="clock">Clock of the requests; null: that of everything.</param>
    public async Task<ApiServer> ConnectAsync(bool authoritiesFromFile = true, string more = "", TimeProvider? clock = null)
    {
        var cluster = authoritiesFromFile
            ? $"certificate-authority: \"{AuthorityFile}\""
            : $"certificate-authority-data: {Convert.ToBase64String(await File.ReadAllBytesAsync(AuthorityFile))}";
        var kubeconfig = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(
            kubeconfig,
            ApiObjects.Kubeconfig(Through ?? Server.Address, cluster + more, User ?? $"tokenFile: \"{TokenFile}\"")
        );
        var access = AccessLoader.Load(
            kubeconfig,
            context: null,
            new Kubernetes.Access.Environment(new Dictionary<string, string>()),
            Time,
            TimeSpan.FromSeconds(30),
            Overrides
        );
        return new ApiServer(access, new ProductInfoHeaderValue("wait-for", "0.0.0"), clock ?? Time, Trace.Add);
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
    internal sealed class Log
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly List<(string Part, TaskCompletionSource Found)> _waiters = [];

        public Log() => Logger = TestLogger.Of(LogLevel.Trace, (_, line) => Add(line));

        public ILogger Logger { get; }

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
