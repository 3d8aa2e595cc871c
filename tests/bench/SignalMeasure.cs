using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>From SIGTERM to the exit, at every stage of a wait. The server is the scripted one: a real one does not stop in the middle of an answer when asked to.</summary>
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

    /// <summary>Measures all stages.</summary>
    public static async Task<IReadOnlyList<Found>> MeasureAsync(Stage stage, string waitFor, int runs)
    {
        await using var server = await FakeApiServer.StartAsync();
        await File.WriteAllTextAsync(stage.File("fake-ca.pem"), server.Authority.Pem);
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("watched"));
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("failed"));
        using var listing = server.Always(
            request => !request.IsWatch && IsFor(request, "listed"),
            Answers.Stall(Encoding.UTF8.GetBytes("""{"kind":"JobList","apiVersion":"batch/v1","metadata":{"resourceVersion":"1000"},"items":[{"metadata":"""), 90));
        using var gathering = server.Always(request => request.Resource == "pods", Answers.Silence);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var silentServer = Configure(new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        // Nothing listens on the port that tcpmux once had.
        var (fake, nobody) = (Configure(server.Address), Configure(new Uri("https://127.0.0.1:1")));

        return
        [
            await RunAsync("before the first answer", "any", silentServer, ExitOfSigTerm, async _ => (await silent.AcceptTcpClientAsync()).Dispose),
            await RunAsync("while listing", "listed", fake, ExitOfSigTerm, run => ArrivedAsync(request => IsFor(request, "listed"), run)),
            await RunAsync("while watching", "watched", fake, ExitOfSigTerm, run => ArrivedAsync(request => request.IsWatch, run)),
            await RunAsync("while backing off, the server gone", "any", nobody, ExitOfSigTerm, async _ =>
            {
                await Task.Delay(GivenUp);
                return null;
            }),
            await RunAsync("during the report", "failed", fake, ExitOfFailed, run => ArrivedAsync(request => request.Resource == "pods", run)),
        ];

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

        async Task<Found> RunAsync(string name, string job, string kubeconfig, int exitCode, Func<int, Task<Action?>> reachedAsync)
        {
            var times = new Samples();
            for (var run = 0; run <= runs; run++) // run 0 warms up
            {
                using var child = Child.Start([waitFor, $"job/{job}", "--kubeconfig", kubeconfig], stage.Plain);
                // The number of such requests so far: each gate sends one.
                var leave = await reachedAsync(run + 1).WaitAsync(Limit);
                await Task.Delay(Settled);
                var sent = child.Signal(SigTerm);
                var end = await child.EndsWithAsync(exitCode, $"wait-for, after SIGTERM {name},");
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
