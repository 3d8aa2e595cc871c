using System.Text;
using k8s.Autorest;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>The termination message at its limits; what it says for each cause is checked with <see cref="ReportTests"/>.</summary>
public sealed class TerminationTests
{
    /// <summary>Two, three and four bytes in UTF-8, and a space now and then: a cut at a fixed number of bytes hits the middle of one of
    /// them.</summary>
    private const string Words = "Sperre über „Aufträge“ 🐘🔒 ";

    [ClusterTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Messages_of_a_megabyte_are_cut_to_a_valid_one(int jobs)
    {
        using var cluster = await Cluster.CreateAsync();
        var names = Enumerable.Range(0, jobs).Select(number => $"db-{number}").ToList();
        var message = Repeat(Words, 1_000_000);
        foreach (var name in names)
        {
            await cluster.CreateJobAsync(name, parallelism: 0);
            // The API server sets no limit to the message of a v1 Event; that of events.k8s.io/v1 is 1 kB.
            await cluster.RecordEventAsync($"jobs/{name}", "FailedCreate", "Error creating: " + message);
        }

        var file = cluster.NewFile();
        await using var gate = cluster.Gate($"job {string.Join(' ', names)} --timeout 2s --termination-log {file}");

        Assert.True(await gate.ExitAsync() == 124, gate.Log);
        var report = Golden.ReportOf(gate.Log);
        Assert.InRange(report.Length, 100, 100_000);
        var headline = report.Split('\n')[0];
        Assert.Contains($"its pods are refused: {Words}", headline, StringComparison.Ordinal);
        AssertBegins(headline, Golden.Message(file));
    }

    /// <summary>Three bytes a character: of three neighbouring offsets, two are in the middle of one.</summary>
    [ClusterTheory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("xx")]
    public async Task A_headline_that_is_longer_than_the_message_may_be_is_cut_between_characters(string before)
    {
        using var cluster = await Cluster.CreateAsync();
        string[] names = ["db-0", "db-1", "db-2"];
        foreach (var name in names)
        {
            await cluster.CreateJobAsync(name, parallelism: 0);
            await cluster.RecordEventAsync(
                $"jobs/{name}",
                "FailedCreate",
                (name == names[0] ? before : "") + Repeat("锁等待超时", 100_000)
            );
        }

        var file = cluster.NewFile();
        await using var gate = cluster.Gate($"job {string.Join(' ', names)} --timeout 2s --termination-log {file}");

        Assert.True(await gate.ExitAsync() == 124, gate.Log);
        var headline = Golden.ReportOf(gate.Log).Split('\n')[0];
        var message = Golden.Message(file);
        Assert.InRange(Encoding.UTF8.GetByteCount(headline), 4097, 8192);
        Assert.StartsWith(message, headline, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(message), 4094, 4096);
    }

    [ClusterFact]
    public async Task The_largest_event_that_the_server_takes_is_read()
    {
        using var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("db", parallelism: 0);
        // etcd refuses requests above 1.5 MiB.
        for (var length = 2_000_000; ; length = length * 9 / 10)
        {
            try
            {
                await cluster.RecordEventAsync("jobs/db", "FailedCreate", Repeat("\u0001\u001b[31m é", length));
                Assert.InRange(length, 1_000_000, 1_600_000);
                break;
            }
            catch (HttpOperationException exception)
                when (exception.Response.Content.Contains("too large", StringComparison.OrdinalIgnoreCase))
            {
                // A shorter one, then.
            }
            catch (HttpRequestException)
            {
                // The server refused it while it was still being sent.
            }
        }

        var file = cluster.NewFile();
        await using var gate = cluster.Gate($"job/db --timeout 2s --termination-log {file}");

        Assert.True(await gate.ExitAsync() == 124, gate.Log);
        Assert.DoesNotContain('\u001b', gate.Log);
        Assert.DoesNotContain('\u0001', Golden.Message(file));
        AssertBegins(Golden.ReportOf(gate.Log).Split('\n')[0], Golden.Message(file));
    }

    [ClusterFact]
    public async Task A_file_that_cannot_be_written_is_one_line_and_changes_nothing()
    {
        using var cluster = await Cluster.CreateAsync();
        var folder = Directory.CreateDirectory(cluster.NewFile()).FullName;
        // Root may write to any file; what the kernel itself keeps read-only refuses root too.
        string[] files = [folder, Path.Combine(folder, "none", "log"), "/dev/full", "/proc/sys/kernel/version"];

        await Task.WhenAll(
            files.SelectMany(file =>
                new[] { ("wait", 124), ("fail", 4) }.Select(async end =>
                {
                    await using var gate = cluster.Gate($"job/db --timeout 2s --on-missing={end.Item1} --termination-log {file}");

                    Assert.True(await gate.ExitAsync() == end.Item2, gate.Log);
                    var warning = Assert.Single(gate.Log.Split('\n'), line => line.Contains(" warning: ", StringComparison.Ordinal));
                    Assert.Contains($"the termination message cannot be written to {file}: ", warning, StringComparison.Ordinal);
                    Assert.EndsWith(warning + "\n", gate.Log, StringComparison.Ordinal);
                })
            )
        );
    }

    /// <summary>The first line is the headline; where that is longer than the message may be, as much of it as fits.</summary>
    private static void AssertBegins(string headline, string message)
    {
        if (Encoding.UTF8.GetByteCount(headline) <= 4096)
            Assert.Equal(headline, message.Split('\n')[0]);
        else
            Assert.StartsWith(message, headline, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int bytes) =>
        string.Concat(Enumerable.Repeat(text, bytes / Encoding.UTF8.GetByteCount(text)));
}
