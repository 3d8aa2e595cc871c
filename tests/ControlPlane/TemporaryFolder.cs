using System.Diagnostics;
using System.Globalization;

namespace WaitFor.Testing;

/// <summary>Folders that may hold gigabytes and must not be left behind: a test run may be ended before it has cleaned up, and a test host
/// that takes long to exit is.</summary>
public static class TemporaryFolder
{
    // A server that is killed with us may still write for a moment.
    private const string Sweep =
        """exec </dev/null >/dev/null 2>&1; tail --pid="$0" -f /dev/null; for i in 1 2 3 4 5; do rm -rf "$1" && break; sleep 1; done""";

    /// <summary>Makes a folder that goes, at the latest, when this process has ended.</summary>
    public static string Create(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        // In its own session, so that nothing that ends our processes ends it too; without our output, whose end others wait for.
        using var sweeper = Process.Start(
            new ProcessStartInfo(
                "setsid",
                ["--fork", "sh", "-c", Sweep, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), folder]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        sweeper.WaitForExit();
        return folder;
    }
}
