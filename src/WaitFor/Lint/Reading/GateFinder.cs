using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Watching;

namespace WaitFor.Lint.Reading;

/// <summary>Finds the gates among the commands of a container. The programs' own parser reads the arguments, so that gate and linter never
/// disagree.</summary>
internal static class GateFinder
{
    private static readonly string[] PeerVerbs = ["job", "pod", "service", "job-we", "job-wr", "pod-we", "pod-wr"];
    private static readonly string[] PodNameLabels = ["job-name", "batch.kubernetes.io/job-name"];

    /// <summary>The gates of a container: none, one, or one for each namespace and each command.</summary>
    /// <param name="owner">The workload.</param>
    /// <param name="container">One of its containers.</param>
    /// <param name="invocations">Its commands.</param>
    /// <param name="variables">Its environment.</param>
    public static IEnumerable<LintGate> Find(
        Workload owner,
        LintContainer container,
        IReadOnlyList<Invocation> invocations,
        Variables variables
    )
    {
        // The container of a service that waits first and then serves is no gate of the pod.
        if (!container.Init && owner.Entry.Kind is not ("Job" or "CronJob" or "Pod"))
            yield break;
        // Our own image has no shell.
        var shell = ImageName(container.Image) == "wait-for" ? ShellForm.Problem([.. container.Command, .. container.Args]) : null;
        foreach (var invocation in invocations)
        {
            if (ProgramOf(invocation, container, owner) is not { } program)
                continue;
            foreach (var gate in Gates(owner, container, program, invocation, variables))
                yield return gate with { Problem = shell ?? gate.Problem };
        }
    }

    /// <summary>Which gate an invocation is; null where it is none.</summary>
    private static GateProgram? ProgramOf(Invocation invocation, LintContainer container, Workload owner)
    {
        var (arguments, image) = (invocation.Arguments, ImageName(container.Image));
        var words = arguments.Where(word => !word.StartsWith('-')).ToList();
        switch (invocation.Program)
        {
            case "wait-for":
                // The shell script of the same name waits for HOST:PORT.
                return words is [var first, ..] && IsHostAndPort(first) ? null : NoHelp(GateProgram.WaitFor);
            case "wait_for.sh":
                return NoHelp(GateProgram.K8sWaitFor);
            case "kubectl" or "oc":
                return words.Contains("wait", StringComparer.Ordinal) && NamesJobs(words) ? GateProgram.KubectlWait : null;
            case "migrate" or "flyway":
                return words is ["wait", ..] ? GateProgram.MigrateWait : null;
            case not "":
                return null;
        }

        if (words is ["wait", ..] && arguments.Any(word => IsOption(word, "--release") || IsOption(word, "--version")))
            return GateProgram.MigrateWait;
        if (words.Contains("wait", StringComparer.Ordinal) && image.Contains("kubectl", StringComparison.Ordinal) && NamesJobs(words))
            return GateProgram.KubectlWait;
        if (image.Contains("k8s-wait-for", StringComparison.Ordinal))
            return NoHelp(GateProgram.K8sWaitFor);
        if (image is "wait-for" or "wait-for-shell" || (image.Contains("wait-for", StringComparison.Ordinal) && LooksLikeOurs(words)))
            return NoHelp(GateProgram.WaitFor);
        // A copy under another name; an application of its own may have a command "job" too.
        if (words is not [var word, ..] || !IsAccepted(arguments))
            return null;
        var peer = arguments.Count > 1 && PeerVerbs.Contains(word, StringComparer.Ordinal);
        if (peer && (word.Contains('-') || arguments.Any(IsSelector)))
            return GateProgram.K8sWaitFor;
        var likely = Says(container.Name) || Says(image) || (container.Init && IsNoOther(container, owner));
        return !likely ? null
            : peer ? GateProgram.K8sWaitFor
            : IsTarget(word) ? GateProgram.WaitFor
            : null;

        GateProgram? NoHelp(GateProgram program) =>
            words is ["rbac" or "lint", ..] || arguments.Any(word => word is "-h" or "--help" or "--version") ? null : program;
    }

    private static bool Says(string name) => name.Contains("wait", StringComparison.OrdinalIgnoreCase);

    private static bool IsSelector(string word) =>
        word.StartsWith("-l", StringComparison.Ordinal) || word.StartsWith("--selector", StringComparison.Ordinal);

    /// <summary>Whether no other container of the pod has that image: it is not the application's.</summary>
    private static bool IsNoOther(LintContainer container, Workload owner) =>
        !owner.Containers.Any(other =>
            !other.Init && !ReferenceEquals(other, container) && ImageName(other.Image) == ImageName(container.Image)
        );

    private static bool IsAccepted(IReadOnlyList<string> arguments)
    {
        try
        {
            return new GateCommand(arguments, _ => null).Read().Targets.Count > 0;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    private static bool IsOption(string word, string name) => word == name || word.StartsWith(name + "=", StringComparison.Ordinal);

    private static bool LooksLikeOurs(List<string> words) =>
        words is [var first, ..]
        && (first is "wait" or "rollout" || PeerVerbs.Contains(first, StringComparer.Ordinal) || IsTarget(first));

    /// <summary>KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME of a Job, pod or service.</summary>
    private static bool IsTarget(string word)
    {
        if (IsHostAndPort(word))
            return false;
        var parts = word.Split(':')[0].Split('/');
        var kind = parts is [_, var second, _] ? second : parts[0];
        if (kind.EndsWith("-we", StringComparison.Ordinal) || kind.EndsWith("-wr", StringComparison.Ordinal))
            kind = kind[..^3];
        return (word.Contains(':', StringComparison.Ordinal) || parts.Length is 2 or 3) && KnownKinds.Find(kind) is { IsVerb: true };
    }

    private static bool IsHostAndPort(string word) =>
        word.Split(':') is [_, { Length: > 0 } port] && port.All(char.IsAsciiDigit) || word.Contains("://", StringComparison.Ordinal);

    /// <summary>kubectl can wait for other things too; a gate is what waits for Jobs.</summary>
    private static bool NamesJobs(List<string> words) =>
        words.Exists(word => KnownKinds.Find(word.Split('/')[0].Split(',')[0]) is JobKind or PodKind);

    /// <summary>An image's name without registry, folders, tag and digest.</summary>
    internal static string ImageName(string image)
    {
        var name = Invocation.FileName(image.Split('@')[0]);
        return name.Split(':')[0].ToLowerInvariant();
    }

    private static IEnumerable<LintGate> Gates(
        Workload owner,
        LintContainer container,
        GateProgram program,
        Invocation invocation,
        Variables variables
    )
    {
        var gate = new LintGate(
            owner,
            container,
            program,
            [],
            null,
            null,
            new GateArguments(null, Record: false, RecordWrite: false, Guarded: false, ExpectedImage: null, program == GateProgram.WaitFor),
            invocation.Place
        );
        return program == GateProgram.MigrateWait ? [MigrateWait(gate, invocation, variables)] : Read(gate, invocation, variables);
    }

    private static LintGate MigrateWait(LintGate gate, Invocation invocation, Variables variables)
    {
        var arguments = invocation.Arguments;
        var known = arguments.Any(word => IsOption(word, "--release") || IsOption(word, "--version"))
            || variables.Value("MIGRATE_RELEASE") is { Length: > 0 }
            || variables.Value("MIGRATE_VERSION") is { Length: > 0 }
            || variables.Open;
        var timeout = ValueOf(arguments, "--timeout") ?? variables.Value("MIGRATE_TIMEOUT");
        var limit = timeout is not null && Process.GoDuration.TryParse(timeout, out var duration, out _) ? duration : (TimeSpan?)null;
        return gate with
        {
            Arguments = gate.Arguments with { Timeout = limit },
            Problem = known ? null : "wait: what for? give --version V or --release R",
        };
    }

    /// <summary>The value of an option; null where it is missing.</summary>
    internal static string? ValueOf(IReadOnlyList<string> arguments, string option)
    {
        for (var at = 0; at < arguments.Count; at++)
        {
            if (arguments[at] == option)
                return at + 1 < arguments.Count ? arguments[at + 1] : null;
            if (arguments[at].StartsWith(option + "=", StringComparison.Ordinal))
                return arguments[at][(option.Length + 1)..];
        }

        return null;
    }

    private static IReadOnlyList<LintGate> Read(LintGate gate, Invocation invocation, Variables variables)
    {
        // kubectl has no variables of the gate.
        var kubectl = gate.Program == GateProgram.KubectlWait;
        GateOptions options;
        try
        {
            options = new GateCommand(
                invocation.Arguments,
                kubectl ? _ => null : variables.Value,
                gate.Program == GateProgram.WaitFor ? variables.Names : []
            ).Read();
        }
        catch (UsageException exception)
        {
            // What is known in the cluster only may be right there; kubectl takes more than a gate does.
            if (kubectl)
                return JobsOf(invocation) is { Count: > 0 } names ? [gate with { Targets = names }] : [];
            return [gate with { Problem = IsKnown(exception.Message) ? exception.Message : null }];
        }

        var all = gate with
        {
            Waits = options.Targets,
            AllNamespaces = options.AllNamespaces,
            Namespace = Known(options.Namespace),
            Asked = Known(options.Namespace),
            OtherIdentity = IsOtherIdentity(options) || variables.Value("KUBECONFIG") is { Length: > 0 },
            Arguments = ArgumentsOf(gate, options, invocation, variables),
        };
        var jobs = options.Targets.Where(target => target.Kind is JobKind || JobOf(target) is not null).ToList();
        if (kubectl && (jobs.Count == 0 || jobs.Exists(target => target.Wanted?.Items.Any(item => item is WantedItem.Deleted) == true)))
            return [];
        if (jobs.Count == 0)
            return [all];
        return
        [
            .. jobs.GroupBy(target =>
                    (Namespace: target.AskedNamespace ?? options.Namespace, Set: JobOf(target) is null ? target.Selector ?? "" : null)
                )
                .Select(
                    (group, index) =>
                        all with
                        {
                            Targets = [.. group.Select(JobOf).OfType<string>().Where(IsKnown)],
                            Selector = Known(group.Key.Set),
                            Namespace = Known(group.Key.Namespace),
                            // Its permissions are judged once.
                            Waits = index == 0 ? all.Waits : [],
                        }
                ),
        ];
    }

    private static bool IsOtherIdentity(GateOptions options) =>
        options is { Kubeconfig: not null } or { Context: not null }
        || options.Access is not { Server: null, Token: null, User: null, Cluster: null, As: null };

    private static List<string> JobsOf(Invocation invocation) =>
        [
            .. invocation
                .Arguments.Select(word => word.Split('/'))
                .Where(parts => parts is [var kind, { Length: > 0 }] && KnownKinds.Find(kind) is JobKind)
                .Select(parts => parts[1])
                .Where(IsKnown),
        ];

    private static GateArguments ArgumentsOf(LintGate gate, GateOptions options, Invocation invocation, Variables variables)
    {
        var expected = options.Targets.Select(target => target.Expected).FirstOrDefault();
        var ofVariable = gate.Program == GateProgram.WaitFor ? variables.Value("WAIT_FOR_TIMEOUT") : null;
        var limited = gate.Program != GateProgram.K8sWaitFor && (ValueOf(invocation.Arguments, "--timeout") ?? ofVariable) is not null;
        return gate.Arguments with
        {
            Timeout = limited ? options.Timeout : null,
            Record = options.Targets.Any(target => target.Record is not null),
            RecordWrite = options.Targets.Any(target => target.RecordWrite),
            Guarded = expected is not null && expected.Labels.Count + expected.Images.Count > 0,
            ExpectedImage = expected?.Images.Select(Known).FirstOrDefault(),
            OpensWhenMissing = expected?.OnMissing == OnMissing.Pass,
        };
    }

    /// <summary>The Job that a target names; also by the label that the Job controller gives its pods.</summary>
    private static string? JobOf(Target target)
    {
        if (target.Kind is JobKind)
            return target.Name;
        if (target is not { Kind: PodKind, Selector: { } selector })
            return null;
        var equals = selector.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && PodNameLabels.Contains(selector[..equals].Trim(), StringComparer.Ordinal)
            && selector[(equals + 1)..].TrimStart('=').Trim() is var name
            && Names.ProblemOfName(name) is null
            ? name
            : null;
    }

    private static string? Known(string? text) => text is null || IsKnown(text) ? text : null;

    private static bool IsKnown(string text) => !text.Contains(Variables.Unknown, StringComparison.Ordinal);
}
