using System.Diagnostics;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record Ended(int ExitCode, string Output, string Errors);

/// <summary>Programs that the examples are meant for.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>kubectl: the one that KUBECTL names, else the one that tests/tools/kubernetes has unpacked.</summary>
    public static string Kubectl { get; } = Locate("KUBECTL", "kubectl");

    /// <summary>Helm: the one that HELM names, else the one that tests/tools/kubernetes has unpacked.</summary>
    public static string Helm { get; } = Locate("HELM", "helm");

    /// <summary>Why examples cannot be read here; null when they can, or must.</summary>
    public static string? WhyNot =>
        Repository.MustRunAll || (File.Exists(Kubectl) && File.Exists(Helm))
            ? null
            : "there is no kubectl or no Helm: run tests/tools/kubernetes, or set KUBECTL and HELM";

    /// <summary>Runs kubectl.</summary>
    public static string RunKubectl(IEnumerable<string> arguments, string input = "") => Run(Kubectl, arguments, input);

    /// <summary>Renders a chart as the release <c>shop</c> in the namespace <c>shop</c>.</summary>
    /// <param name="chart">The chart's folder.</param>
    /// <param name="arguments">Further arguments, such as values.</param>
    public static string Render(string chart, params string[] arguments) =>
        Run(Helm, ["template", "shop", chart, "--namespace", "shop", .. arguments]);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed, or had not ended after two minutes.</exception>
    public static string Run(string program, IEnumerable<string> arguments, string input = "")
    {
        string[] words = [.. arguments];
        var ended = Task.Run(() => RunAsync(program, words, input)).GetAwaiter().GetResult();
        return ended.ExitCode == 0
            ? ended.Output
            : throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', words)} ended with {ended.ExitCode}: {ended.Errors}{ended.Output}"
            );
    }

    /// <summary>Runs a program to its end, whatever its exit code is.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads from the standard input.</param>
    /// <param name="variables">Environment variables, beside those of the tests.</param>
    /// <exception cref="InvalidOperationException">It had not ended after two minutes.</exception>
    public static async Task<Ended> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string input = "",
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)} still ran after {Limit.TotalSeconds} s: "
                    + $"{await errors}{await output}"
            );
        }

        return new Ended(process.ExitCode, await output, await errors);
    }

    private static string Locate(string variable, string name) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? given
            : Path.Combine(Repository.Root, "artifacts", "tools", name);
}

/// <summary>A table over the examples, some of which kubectl or Helm has to build.</summary>
internal sealed class ExampleTheoryAttribute : TheoryAttribute
{
    public ExampleTheoryAttribute() => Skip = Tool.WhyNot;
}

/// <summary>As <see cref="ExampleTheoryAttribute"/>, for a single test.</summary>
internal sealed class ExampleFactAttribute : FactAttribute
{
    public ExampleFactAttribute() => Skip = Tool.WhyNot;
}
