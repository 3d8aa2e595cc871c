using System.Diagnostics;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>Programs of the machine that the examples are meant for.</summary>
internal static class Tool
{
    // Older ones have a kustomize without replacements.
    private const string Missing = "there is no kubectl; install 1.22 or newer";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>kubectl; null where it is not installed.</summary>
    public static string? Kubectl { get; } = Find("kubectl");

    /// <summary>Why examples cannot be read here; null when they can, or must.</summary>
    public static string? WhyNot => Repository.MustRunAll || Kubectl is not null ? null : Missing;

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs kubectl.</summary>
    public static string RunKubectl(IEnumerable<string> arguments, string input = "") =>
        Run(Kubectl ?? throw new InvalidOperationException(Missing), arguments, input);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed, or had not ended after a minute.</exception>
    public static string Run(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)} still ran after {Limit.TotalSeconds} s: "
                    + $"{errors.Result}{output.Result}"
            );
        }

        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: "
                    + $"{errors.Result}{output.Result}"
            );
    }
}

/// <summary>A table over the examples, some of which kubectl has to build.</summary>
internal sealed class ExampleTheoryAttribute : TheoryAttribute
{
    public ExampleTheoryAttribute() => Skip = Tool.WhyNot;
}

/// <summary>As <see cref="ExampleTheoryAttribute"/>, for a single test.</summary>
internal sealed class ExampleFactAttribute : FactAttribute
{
    public ExampleFactAttribute() => Skip = Tool.WhyNot;
}
