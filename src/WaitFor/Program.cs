using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.Logging;
using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Lint;
using WaitFor.Manifests;
using WaitFor.Process;
using WaitFor.Report;
using WaitFor.Watching;
using Environment = System.Environment;

namespace WaitFor;

/// <summary>Puts the parts together and turns every end into an exit code.</summary>
internal static class Program
{
    /// <summary>An exec plugin that has not answered by then hangs.</summary>
    private static readonly TimeSpan PluginLimit = TimeSpan.FromSeconds(30);

    private static async Task<int> Main(string[] arguments)
    {
        using var signals = new Signals(Signals.AtOnce);
        if (arguments is ["lint", .. var rest])
            return LintProgram.Run(rest, Version);
        var command = new GateCommand(
            arguments,
            Environment.GetEnvironmentVariable,
            [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()]
        );
        if (command.Told(Version) is { } told)
            return Print(told) ? ExitCode.Met : ExitCode.Internal;

        return await RunAsync(command, signals);
    }

    private static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static async Task<int> RunAsync(GateCommand command, Signals signals)
    {
        var output = new OutputOptions(Json: false, Verbose: false, TerminationLog: null);
        var palette = Palette.Of(Environment.GetEnvironmentVariable, Console.IsErrorRedirected);
        ConsoleLog? log = null;
        try
        {
            output = command.Output;
            signals.LastWords = name =>
                output.Json ? $"{{\"level\":\"error\",\"message\":\"{name}: interrupted\"}}\n" : $"error: {name}: interrupted\n";
            var options = WithManifests(command, command.Read());
            if (command.Rbac)
                return Print(await RbacTextAsync(options, signals.Received)) ? ExitCode.Met : ExitCode.Internal;
            log = new ConsoleLog(output.Json, TimeProvider.System, output.Verbose ? LogLevel.Debug : LogLevel.Information, palette);
            var ending = await WaitAsync(options, output.Json, log.Logger, palette, signals);
            var exitCode = ending.ExitCode ?? signals.ExitCode;
            // The JSON document has the details in a better form.
            var details = output.Json || ending.Details.Length == 0 ? "" : "\n" + ending.Details;
            Tell(
                exitCode == ExitCode.Met ? LogLevel.Information : LogLevel.Error,
                (ending.ExitCode is null ? $"{signals.Name}: " : "") + ending.Headline + details
            );
            return End(exitCode, ending.Termination, () => ending.Json);
        }
        catch (UsageException exception)
        {
            return Refuse(ExitCode.Usage, "usage", exception.Message);
        }
        catch (AccessException exception)
        {
            return Refuse(ExitCode.Access, "configuration", exception.Message);
        }
        catch (OperationCanceledException) when (signals.Received.IsCancellationRequested)
        {
            return Refuse(signals.ExitCode, "interrupted", $"{signals.Name}: interrupted before the first request");
        }
        catch (Exception exception)
        {
            // A surprise: the gate stays shut. The trace is needed to fix it.
            return Refuse(ExitCode.Internal, "internal", $"an error in wait-for itself, please report it: {exception}");
        }
        finally
        {
            log?.Dispose();
            signals.LastWords = null;
        }

        void Tell(LogLevel level, string message) =>
            (log ??= new ConsoleLog(output.Json, TimeProvider.System, LogLevel.Information, palette)).Logger.Log(
                level,
                "{Message}",
                message
            );

        int Refuse(int exitCode, string outcome, string message)
        {
            Tell(LogLevel.Error, message);
            return End(exitCode, message, () => JsonResult.Of(outcome, exitCode, message));
        }

        int End(int exitCode, string message, Func<string> json)
        {
            if (exitCode != ExitCode.Met && output.TerminationLog is { } file && TerminationMessage.Write(file, message) is { } problem)
                Tell(LogLevel.Warning, problem);
            if (output.Json && !Print(json()))
                Tell(LogLevel.Warning, "the JSON document cannot be written to the standard output");
            return exitCode;
        }
    }

    /// <summary>Writes to the standard output; false where that is full or closed, which must not change how the gate ends.</summary>
    private static bool Print(string text)
    {
        try
        {
            Console.WriteLine(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The options with what their manifests name as targets.</summary>
    /// <exception cref="UsageException">A manifest cannot be read, or an option cannot be combined with what it names.</exception>
    private static GateOptions WithManifests(GateCommand command, GateOptions options)
    {
        if (options.Files.Count == 0)
            return options;
        var manifests = new ManifestReader(Console.OpenStandardInput).Read(options.Files, options.Recursive);
        return options with
        {
            Targets = command.Asked(ManifestTargets.Of(manifests)),
            Notes = [.. options.Notes, .. manifests.LeftOut.Select(line => new Note(line, Warning: false))],
        };
    }

    /// <summary>Waits as the options say.</summary>
    /// <exception cref="AccessException">There is no usable cluster configuration; nothing was contacted.</exception>
    private static async Task<Ending> WaitAsync(GateOptions options, bool json, ILogger log, Palette palette, Signals signals)
    {
        var cancel = signals.Received;
        var time = TimeProvider.System;
        foreach (var note in options.Notes)
            log.Log(note.Warning ? LogLevel.Warning : LogLevel.Information, "{Note}", note.Text);

        var access = Load(options);
        log.LogDebug("API server {Server}, {Origin}", access.Server, access.Origin);
        if (access.InsecureSkipTlsVerify)
            log.LogWarning("insecure-skip-tls-verify: the API server's certificate is not checked; any server that answers is trusted");

        var targets = InNamespaces(options, DefaultNamespace(access));
        // An init container that waits for all pods of its own namespace waits for its own pod too.
        foreach (
            var target in targets.Where(target =>
                access.InCluster && target.Kind.IncludesOwnPod(target) && (target.Namespace is null || target.Namespace == access.Namespace)
            )
        )
            log.LogWarning(
                "{Target}: the pods of namespace {Namespace} include this pod, which cannot be ready before its init containers end; "
                    + "exclude it with a selector (-l)",
                target,
                access.Namespace
            );
        foreach (var target in targets.Where(target => !target.Kind.Namespaced && options.Namespace is not null))
            log.LogDebug("{Target} is in no namespace: --namespace has no effect on it", target);
        using var api = new ApiServer(access, UserAgent, time, log.IsEnabled(LogLevel.Debug) ? line => log.LogDebug("{Line}", line) : null);
        api.WaitingChanged += TellSilence;
        await api.PrepareAsync(cancel);
        // From here on the gate does it.
        api.WaitingChanged -= TellSilence;
        var random = new Random(Environment.ProcessId ^ Environment.TickCount);
        var records = new RecordWriter(api, time, random.Next(), log, cancel);
        var gate = new Gate([.. targets.Select(target => Follower.Create(target, api, time, random))], options.Timeout, time, log)
        {
            Records = records,
            Once = options.Once,
        };
        GateResult result;
        using (palette.IsTerminal && !json ? new ProgressLine(Console.Error, time, gate.Progress) : null)
            result = await gate.RunAsync(cancel);
        await records.FinishAsync();
        var exitCode = result.ExitCode ?? signals.ExitCode;
        try
        {
            // In a pod its name is the host's.
            var ownPod = access.InCluster ? Environment.GetEnvironmentVariable("HOSTNAME") : null;
            var facts = result.ExitCode is null or ExitCode.Met
                ? Facts.Of(result.Targets, time.GetUtcNow())
                : await new Collector(api, time, access.Namespace, ownPod).CollectAsync(result.Targets, cancel);
            return Ending.Of(new Diagnosis(result, facts), exitCode, json, palette);
        }
        catch (Exception surprise)
        {
            // The verdict stands, whatever befalls the report.
            log.LogWarning("there is no report, because of an error in wait-for itself, please report it: {Surprise}", surprise);
            return Ending.WithoutReport(result, exitCode, json);
        }

        void TellSilence()
        {
            if (api.Silent is { } waiting)
                log.LogWarning("{Waiting}", waiting.Message);
        }
    }

    /// <summary>The rights that a wait needs. The cluster is contacted for kinds alone that the program does not know; its configuration is
    /// read for the namespace too, where none is given.</summary>
    /// <exception cref="AccessException">No namespace is known, or the server does not tell what a kind is.</exception>
    /// <exception cref="UsageException">The server does not know a kind.</exception>
    private static async Task<string> RbacTextAsync(GateOptions options, CancellationToken cancel)
    {
        if (options.Targets.Any(target => !target.Kind.IsKnown))
        {
            using var api = new ApiServer(Load(options), UserAgent, TimeProvider.System);
            await api.PrepareAsync(cancel);
            await KindLookup.AskAsync(options.Targets, api, cancel);
        }

        var home =
            options.Namespace ?? DefaultNamespace(Load(options)) ?? throw new AccessException("no namespace is known; give --namespace");
        return RoleText.Of(
            InNamespaces(options, home),
            new Subject(options.ServiceAccountNamespace ?? home, options.ServiceAccount),
            endpoints: false,
            options.Report
        );
    }

    /// <exception cref="AccessException">There is no usable cluster configuration.</exception>
    private static ClusterAccess Load(GateOptions options)
    {
        var variables = Environment.GetEnvironmentVariables();
        var environment = new Kubernetes.Access.Environment(
            variables.Keys.Cast<string>().ToDictionary(name => name, name => (string?)variables[name] ?? "", StringComparer.Ordinal)
        );
        var pluginLimit = options.Timeout > TimeSpan.Zero && options.Timeout < PluginLimit ? options.Timeout : PluginLimit;
        return AccessLoader.Load(options.Kubeconfig, options.Context, environment, TimeProvider.System, pluginLimit, options.Access);
    }

    /// <summary>In a pod kubectl, and so k8s-wait-for, prefers POD_NAMESPACE to the pod's own namespace.
    /// <see href="https://pkg.go.dev/k8s.io/client-go/tools/clientcmd"/></summary>
    private static string? DefaultNamespace(ClusterAccess access) => access.NamespaceVariable ?? access.Namespace;

    /// <summary>Gives each target its namespace.</summary>
    /// <exception cref="AccessException">A target names none and there is no default, or it is no namespace.</exception>
    private static List<Target> InNamespaces(GateOptions options, string? defaultNamespace)
    {
        // It becomes a part of paths.
        if (defaultNamespace is not null && Names.ProblemOfNamespace(defaultNamespace) is { } problem)
            throw new AccessException(
                $"the default namespace \"{ApiFault.OneLine(defaultNamespace)}\" (of the context, of POD_NAMESPACE, or of the service "
                    + $"account's folder): {problem}; correct it, or give --namespace"
            );
        var targets = options
            .Targets.Select(target =>
                target with
                {
                    Namespace = options.AllNamespaces || !target.Kind.Namespaced
                        ? null
                        : target.AskedNamespace
                            ?? options.Namespace
                            ?? defaultNamespace
                            ?? throw new AccessException("there is no namespace file in the service account's folder; give --namespace"),
                }
            )
            .ToList();
        var several =
            targets.Where(target => target.Kind.Namespaced).Select(target => target.Namespace).Distinct(StringComparer.Ordinal).Count() > 1;
        return [.. targets.Select(target => target with { ShowNamespace = several })];
    }

    private static ProductInfoHeaderValue UserAgent => new("wait-for", Version.Split('+')[0]);
}
