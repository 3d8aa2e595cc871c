using System.Diagnostics;
using System.Formats.Tar;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>The images of each architecture on a real control plane; arm64 under an emulator where this machine is amd64.</summary>
public sealed class LiveTests(LiveCluster cluster) : IClassFixture<LiveCluster>
{
    /// <summary>As RunTests shows it for amd64, where it also looks at the process.</summary>
    [ImageFact]
    public async Task The_arm64_gate_opens_when_the_Job_completes()
    {
        var (space, root) = await cluster.PodAsync(new OciImage("arm64", "wait-for"));
        using var _ = root;
        await cluster.CreateJobAsync(space, "db-migrate-v42");
        await using var gate = root.StartRestrictedCommand(cluster.Server, Gate("arm64", root, "job/db-migrate-v42"));
        await gate.LogsAsync("job/db-migrate-v42: ");
        Assert.True(gate.Running);

        await cluster.CompleteJobAsync(space, "db-migrate-v42");

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
    }

    [ImageTheory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task A_gate_that_times_out_reports_what_it_saw(string architecture)
    {
        var (space, root) = await cluster.PodAsync(new OciImage(architecture, "wait-for"));
        using var _ = root;
        await cluster.CreateJobAsync(space, "db-migrate-v42");

        await using var gate = root.StartRestrictedCommand(
            cluster.Server,
            Gate(architecture, root, "job/db-migrate-v42", "--timeout", "5s")
        );

        Assert.True(await gate.ExitAsync() == 124, gate.Log);
        Assert.Contains("timed out", gate.Log, StringComparison.Ordinal);
        Assert.Contains($"job/db-migrate-v42 (namespace {space})", gate.Log, StringComparison.Ordinal);
        Assert.Contains("suspend", gate.Log, StringComparison.Ordinal);
    }

    /// <summary>The usages of k8s-wait-for that need a shell; the ways its script is named there.</summary>
    [ImageTheory]
    [InlineData("wait_for.sh job db-migrate-v42 && wait_for.sh pod -lapp=cache", true)]
    [InlineData("/usr/local/bin/wait_for.sh job db-migrate-v42 && sh /usr/local/bin/wait_for.sh pod -lapp=cache", true)]
    [InlineData("for job in db-migrate-v42; do wait-for job/$job || exit 1; done; /wait-for pod:app=cache", true)]
    [InlineData("wait_for.sh job other --timeout 3s && wait_for.sh pod -lapp=cache", false)]
    public async Task A_shell_runs_one_gate_after_the_other(string script, bool opens)
    {
        var image = new OciImage("amd64", "wait-for-shell");
        var (space, root) = await cluster.PodAsync(image);
        using var _ = root;
        await cluster.CreateJobAsync(space, "db-migrate-v42");
        await cluster.CompleteJobAsync(space, "db-migrate-v42");
        await cluster.CreateReadyPodAsync(space, "cache", "cache");
        var path = image.Config["config"]!["Env"]!
            .AsArray()
            .Select(line => (string)line!)
            .Single(line => line.StartsWith("PATH=", StringComparison.Ordinal));

        await using var gate = root.StartRestrictedCommand(cluster.Server, ["/bin/sh", "-c", script], path["PATH=".Length..]);

        Assert.True(await gate.ExitAsync() == (opens ? 0 : 124), gate.Log);
        Assert.Equal(opens, gate.Log.Contains("app=cache", StringComparison.Ordinal));
    }

    [ImageTheory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task The_shell_has_all_of_busybox_and_its_licence(string architecture)
    {
        var image = new OciImage(architecture, "wait-for-shell");
        var entries = image.Entries().Where(entry => entry.EntryType != TarEntryType.Directory).ToDictionary(entry => entry.Name);
        var spdx = Path.Combine(OciImage.Folder, architecture, "sbom", $"wait-for-shell-{architecture}.spdx.json");
        var folder = Directory.CreateTempSubdirectory("wait-for-shell-").FullName;
        try
        {
            image.Unpack(folder);
            var applets = RunIn(folder, architecture, "/bin/busybox", "--list-full").Split('\n', StringSplitOptions.RemoveEmptyEntries);

            Assert.NotEmpty(applets);
            Assert.All(applets.Except(["bin/busybox", "linuxrc"]), applet => Assert.Equal("/bin/busybox", entries[applet].LinkName));
            Assert.Equal("ready\n", RunIn(folder, architecture, "/bin/busybox", "sh", "-c", "echo ready"));
            Assert.Equal(new OciImage(architecture, "wait-for").Layers[0], image.Layers[0]);
            Assert.Contains("GNU General Public License", Text("usr/share/doc/busybox-static/copyright"), StringComparison.Ordinal);
            Assert.Contains("Version 2, June 1991", Text("usr/share/common-licenses/GPL-2"), StringComparison.Ordinal);
            Assert.Contains("\"name\":\"busybox\"", await File.ReadAllTextAsync(spdx), StringComparison.Ordinal);
            Assert.Matches(@"apt-get source busybox=\d:\d\S+", Text("usr/share/doc/busybox-static/source"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Text(string name) => File.ReadAllText(Path.Combine(folder, name));
    }

    private static string[] Gate(string architecture, EmptyRoot root, params string[] arguments) =>
        [.. Emulator.For(architecture, root.Folder), "/wait-for", .. arguments];

    private static string RunIn(string folder, string architecture, params string[] command)
    {
        using var process = Process.Start(
            new ProcessStartInfo("chroot", [folder, .. Emulator.For(architecture, folder), .. command]) { RedirectStandardOutput = true }
        )!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
