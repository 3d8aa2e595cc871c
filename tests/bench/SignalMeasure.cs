using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>From SIGTERM to the exit, at every stage of a wait. The server is the scripted one: a real one does not stop in the middle of
/// an answer when asked to.</summary>
internal static class SignalMeasure
{
    private const int SigTerm = 15;
    private const int ExitOfSigTerm = 128 + SigTerm;

    /// <summary>The Job had failed, and that is what a gate says that is interrupted while it gathers why.</summary>
    private const int ExitOfFailed = 1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>After the server has seen the request the program comes to rest in the stage.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);

    /// <summary>By then a gate that finds nobody is in one of its pauses, or in a try that takes less than a millisecond.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromMilliseconds(500);

    /// <summary>One stage; the times in ms.</summary>
    public sealed record Found(string Stage, Samples Time);

    /// <summary>Measures all stages, and the same for /bin/sleep: the kernel ends it alone, so that its slowest time is the machine's and
    /// not the program's.</summary>
    public static async Task<(IReadOnlyList<Found> Stages, Samples Sleep)> MeasureAsync(Stage stage, string waitFor, int runs)
    {
        await using var server = await FakeApiServer.StartAsync();
        await File.WriteAllTextAsync(stage.File("fake-ca.pem"), server.Authority.Pem);
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("watched"));
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("failed"));
        using var listing = server.Always(
            request => !request.IsWatch && IsFor(request, "listed"),
            Answers.Stall(
                Encoding.UTF8.GetBytes(
                    """{"kind":"JobList","apiVersion":"batch/v1","metadata":{"resourceVersion":"1000"},"items":[{"metadata":"""
                ),
                90
            )
        );
        using var gathering = server.Always(request => request.Resource == "pods", Answers.Silence);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var silentServer = Configure(new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        // Nothing listens on the port that tcpmux once had.
        var (fake, nobody) = (Configure(server.Address), Configure(new Uri("https://127.0.0.1:1")));

        var sleep = await RunAsync("in sleep", ["/bin/sleep", "60"], ExitOfSigTerm, _ => Task.FromResult<Action?>(null));
        Found[] stages =
        [
            await GateAsync("before the first answer", "any", silentServer, ExitOfSigTerm, async _ =>
                (await silent.AcceptTcpClientAsync()).Dispose
            ),
            await GateAsync("while listing", "listed", fake, ExitOfSigTerm, run => ArrivedAsync(request => IsFor(request, "listed"), run)),
            await GateAsync("while watching", "watched", fake, ExitOfSigTerm, run => ArrivedAsync(request => request.IsWatch, run)),
            await GateAsync("while backing off, the server gone", "any", nobody, ExitOfSigTerm, async _ =>
            {
                await Task.Delay(GivenUp);
                return null;
            }),
            await GateAsync("during the report", "failed", fake, ExitOfFailed, run =>
                ArrivedAsync(request => request.Resource == "pods", run)
            ),
        ];
        return (stages, sleep.Time);

        string Configure(Uri address)
        {
            var file = stage.File($"signals-{address.Port}.kubeconfig");
            File.WriteAllText(file, ApiObjects.Kubeconfig(address, $"certificate-authority: \"{stage.File("fake-ca.pem")}\""));
            return file;
        }

        async Task<Action?> ArrivedAsync(Func<SeenRequest, bool> matches, int run)
        {
            await server.ArrivedAsync(matches, run);
            return null;
        }

        Task<Found> GateAsync(string name, string job, string kubeconfig, int exitCode, Func<int, Task<Action?>> reachedAsync) =>
            RunAsync(name, [waitFor, $"job/{job}", "--kubeconfig", kubeconfig], exitCode, reachedAsync);

        async Task<Found> RunAsync(string name, string[] command, int exitCode, Func<int, Task<Action?>> reachedAsync)
        {
            var times = new Samples();
            for (var run = 0; run <= runs; run++) // run 0 warms up
            {
                using var child = Child.Start(command, stage.Plain);
                // The number of such requests so far: each gate sends one.
                var leave = await reachedAsync(run + 1).WaitAsync(Limit);
                await Task.Delay(Settled);
                var sent = child.Signal(SigTerm);
                var end = await child.EndsWithAsync(exitCode, $"{command[0]}, after SIGTERM {name},");
                leave?.Invoke();
                if (run > 0)
                    times.Add(Stopwatch.GetElapsedTime(sent, end.At));
            }

            return new Found(name, times);
        }
    }

    private static bool IsFor(SeenRequest request, string job) =>
        request.Query.TryGetValue("fieldSelector", out var selector) && selector == $"metadata.name={job}";
}
