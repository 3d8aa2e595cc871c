using System.Diagnostics;

namespace WaitFor.Testing;

/// <summary>Shells, for the tests of completion scripts.</summary>
public static class Shell
{
    /// <summary>The shells of this machine that can check a script.</summary>
    public static IReadOnlyList<string> Installed { get; } =
    [
        .. new[] { "bash", "zsh", "fish" }.Where(shell => Path.Exists($"/usr/bin/{shell}") || Path.Exists($"/bin/{shell}")),
    ];

    /// <summary>What the shell finds wrong with the syntax of a script; empty for nothing.</summary>
    public static string Check(string shell, string script) => Run(shell, ["-n"], script);

    /// <summary>What bash offers for the last one of these words, in its order.</summary>
    /// <param name="script">The completion script.</param>
    /// <param name="function">The function in it.</param>
    /// <param name="words">The command line as bash splits it: <c>=</c> is a word.</param>
    public static IReadOnlyList<string> Complete(string script, string function, params string[] words)
    {
        var line = string.Join(' ', words.Select(word => $"'{word}'"));
        return Run(
                "bash",
                ["-u"],
                $"{script}\nCOMP_WORDS=({line}); COMP_CWORD={words.Length - 1}; {function}\n"
                    + "if [ ${#COMPREPLY[@]} -gt 0 ]; then printf '%s\\n' \"${COMPREPLY[@]}\"; fi\n"
            )
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Run(string shell, IReadOnlyList<string> arguments, string script)
    {
        var start = new ProcessStartInfo(shell, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }
}
