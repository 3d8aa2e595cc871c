using System.Collections;
using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;
using Environment = System.Environment;

namespace WaitFor.Migrate;

/// <summary>Puts the parts together and turns every end into an exit code.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var signals = new Signals(Signals.WithinGracePeriod);
        var environment = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        DriverEnvironment.Hide();
        var program = Path.GetFileName(Environment.GetCommandLineArgs() is [var path, ..] ? path : "");
        var command = new MigrateCommand(arguments, environment, program);
        if (command.Told(Version) is { } told)
        {
            Console.WriteLine(told);
            return ExitCode.Done;
        }

        return await RunAsync(command, environment, signals);
    }

    private static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static async Task<int> RunAsync(MigrateCommand command, IReadOnlyDictionary<string, string> environment, Signals signals)
    {
        var output = command.Output;
        using var log = new ConsoleLog(
            output.Json,
            TimeProvider.System,
            output.Verbose ? LogLevel.Debug
                : output.Quiet ? LogLevel.Warning
                : LogLevel.Information,
            Palette.Of(Environment.GetEnvironmentVariable, Console.IsErrorRedirected)
        );
        // Such as a tool that does not listen: as process number 1, we take it with us.
        signals.LastWords = name =>
        {
            var words = $"{name}: interrupted, and killed because it did not end in time; start again";
            if (output.TerminationLog is { } file)
                _ = TerminationMessage.Write(file, words);
            return output.Json ? $"{{\"level\":\"error\",\"message\":\"{words}\"}}\n" : $"error: {words}\n";
        };
        Commands? commands = null;
        try
        {
            commands = new Commands(command.Read(), environment, TimeProvider.System, log.Logger);
            await commands.RunAsync(signals.Received);
            return ExitCode.Done;
        }
        catch (MigrationException exception)
        {
            return End(exception.ExitCode, exception.Message, exception.Details);
        }
        catch (ScriptException exception)
        {
            return End(ExitCode.Usage, exception.Message);
        }
        catch (ConnectionException exception)
        {
            return End(ExitCode.Connection, exception.Message);
        }
        catch (AccessException exception)
        {
            // Nothing else needs the cluster.
            return End(ExitCode.Connection, $"--record: {exception.Message}");
        }
        catch (Npgsql.NpgsqlException) when (signals.Received.IsCancellationRequested)
        {
            return End(signals.ExitCode, $"{signals.Name}: interrupted; what had not finished was rolled back");
        }
        catch (Npgsql.PostgresException exception)
        {
            var denied = exception.SqlState == SqlStates.InsufficientPrivilege;
            return End(
                denied ? ExitCode.Connection : ExitCode.Failed,
                $"{ApiFault.OneLine(exception.MessageText)} (SQLSTATE {exception.SqlState})"
                    + (denied ? $"\n  next step: {Rights.Advice(exception.MessageText, commands?.User)}" : "")
            );
        }
        catch (Npgsql.NpgsqlException exception)
        {
            var what = ConnectFailure.Broken(exception) ?? $"the connection to the database failed: {exception.Message.TrimEnd('.')}";
            return End(ExitCode.Connection, $"{what}; start again");
        }
        catch (OperationCanceledException) when (signals.Received.IsCancellationRequested)
        {
            return End(signals.ExitCode, $"{signals.Name}: interrupted; what had not finished was rolled back");
        }
        catch (Exception exception)
        {
            return End(ExitCode.Internal, $"an error in migrate itself, please report it: {exception}");
        }

        int End(int exitCode, string message, string details = "")
        {
            log.Logger.LogError("{Message}", message);
            if (
                output.TerminationLog is { } file
                && TerminationMessage.Write(file, details.Length > 0 ? $"{message}\n{details}" : message) is { } problem
            )
                log.Logger.LogWarning("{Problem}", problem);
            return exitCode;
        }
    }

    /// <summary>The version without the commit.</summary>
    internal static string Release => Version.Split('+')[0];

    internal static ProductInfoHeaderValue UserAgent => new("migrate", Release);
}
