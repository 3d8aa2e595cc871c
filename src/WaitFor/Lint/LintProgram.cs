using Microsoft.Extensions.Logging;
using WaitFor.CommandLine;
using WaitFor.Process;
using Environment = System.Environment;

namespace WaitFor.Lint;

/// <summary>The command <c>wait-for lint</c>, with its ends as exit codes.</summary>
internal static class LintProgram
{
    /// <summary>Runs it.</summary>
    /// <param name="arguments">The arguments behind <c>lint</c>.</param>
    /// <param name="version">The program's version.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, string version)
    {
        using var log = new ConsoleLog(
            json: false,
            TimeProvider.System,
            LogLevel.Information,
            Palette.Of(Environment.GetEnvironmentVariable, Console.IsErrorRedirected)
        );
        try
        {
            var command = new LintCommand(arguments, PatternRules.Known);
            if (command.Help)
            {
                Console.WriteLine(LintHelp.Text);
                return ExitCode.Met;
            }

            var options = command.Read();
            var result = new Linter(
                PatternRules.All,
                version,
                Console.OpenStandardInput,
                Palette.Of(Environment.GetEnvironmentVariable, Console.IsOutputRedirected)
            ).Run(options);
            foreach (var note in result.Notes)
                log.Logger.LogInformation("{Note}", note);
            if (result.Report is { } report)
                Write(options.Report!, report);
            Console.Out.Write(result.Output);
            return result.ExitCode;
        }
        catch (UsageException exception)
        {
            log.Logger.LogError("{Message}", exception.Message);
            return ExitCode.Usage;
        }
        catch (IOException exception)
        {
            // A check that nobody can read is no check.
            log.Logger.LogError("the findings cannot be written to the standard output: {Message}", exception.Message);
            return ExitCode.Internal;
        }
        catch (Exception exception)
        {
            log.Logger.LogError("an error in wait-for itself, please report it: {Exception}", exception);
            return ExitCode.Internal;
        }
    }

    private static void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--report {file}: {exception.Message}");
        }
    }
}
