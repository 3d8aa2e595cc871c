using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace WaitFor.Bench;

/// <summary>The three programs, with what the header says of them.</summary>
internal sealed record Tools(
    string WaitFor,
    string WaitForVersion,
    string Curl,
    string CurlVersion,
    string Kubectl,
    string KubectlVersion,
    string KubectlNote
)
{
    /// <summary>Finds curl and kubectl, and takes a copy of wait-for.</summary>
    /// <param name="waitFor">The native binary.</param>
    /// <param name="folder">For the copy: the binary may be built again while this runs.</param>
    /// <exception cref="MeasureException">One of them is missing.</exception>
    public static Tools Find(string waitFor, string folder)
    {
        if (!File.Exists(waitFor))
            throw new MeasureException($"{waitFor} is missing; tests/publish makes it");
        var copy = Path.Combine(folder, "wait-for");
        File.Copy(waitFor, copy);

        var curl = OnPath("curl");
        var (kubectl, version, note) = RealKubectl(
            Environment.GetEnvironmentVariable("KUBECTL") is { Length: > 0 } given
                ? given
                : throw new MeasureException("KUBECTL is not set; tests/bench/run sets it")
        );
        return new Tools(
            copy,
            Ask(copy, "--version").Split('\n')[0].Split(' ')[^1].Split('+')[0],
            curl,
            Ask(curl, "--version").Split(' ')[1],
            kubectl,
            version,
            note
        );
    }

    /// <summary>
    /// The Google Cloud SDK's kubectl asks the server for its version and then starts the kubectl.MAJOR.MINOR beside it that
    /// fits. That detour is not kubectl's, so the kubectl of the version that the dispatcher itself claims is measured.
    /// </summary>
    private static (string File, string Version, string Note) RealKubectl(string file)
    {
        if (!File.Exists(file))
            throw new MeasureException($"{file} does not exist");
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        var version = ClientVersion(target);
        if (!version.Contains("dispatcher", StringComparison.Ordinal))
            return (target, version, "");

        var number = version.Split('.');
        var real = $"{target}.{number[0]}.{number[1]}";
        return File.Exists(real)
            ? (real, ClientVersion(real), ", the one behind the dispatcher")
            : throw new MeasureException($"{file} only dispatches, and {real} is missing; give KUBECTL=FILE");
    }

    private static string ClientVersion(string kubectl) =>
        ((string?)JsonNode.Parse(Ask(kubectl, "version", "--client", "--output=json"))?["clientVersion"]?["gitVersion"])?.TrimStart('v')
        ?? throw new MeasureException($"{kubectl} does not tell its version");

    private static string OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? throw new MeasureException($"{name} is not on the PATH");

    /// <summary>What a program answers on its standard output.</summary>
    /// <exception cref="MeasureException">It did not end with 0.</exception>
    public static string Ask(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        ) ?? throw new MeasureException($"{program} was not started");
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? answer
            : throw new MeasureException(
                string.Create(CultureInfo.InvariantCulture, $"{program} {arguments[0]} ended with {process.ExitCode}")
            );
    }
}
