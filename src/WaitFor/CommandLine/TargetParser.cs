using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>Reads the words of the command line into targets: <c>[NAMESPACE/]KIND/NAME</c>, <c>[NAMESPACE/]KIND:SELECTOR</c>, or a verb and
/// names.</summary>
internal static class TargetParser
{
    private const string Forms = "write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, where KIND is job, pod or service";

    /// <summary>What people wait for with kubectl: its pods can be waited for.</summary>
    private static readonly string[] Workloads =
    [
        "deployment",
        "deployments",
        "deploy",
        "statefulset",
        "statefulsets",
        "sts",
        "daemonset",
        "daemonsets",
        "ds",
        "replicaset",
        "replicasets",
        "rs",
    ];

    /// <summary>Reads all words.</summary>
    /// <param name="words">What is left of the command line without its options.</param>
    /// <param name="selector">The selector of <c>-l</c>; null without one.</param>
    /// <param name="verbTolerance">Tolerance of a verb without a suffix (k8s-wait-for's TREAT_ERRORS_AS_READY).</param>
    /// <exception cref="UsageException">A word is no target.</exception>
    public static IReadOnlyList<Target> Parse(IReadOnlyList<string> words, string? selector, Tolerance verbTolerance)
    {
        if (words.Count == 0)
            throw new UsageException(
                selector is null
                    ? $"no target: {Forms}; see wait-for --help"
                    : $"--selector \"{selector}\": the kind is missing; write job -l SELECTOR, pod -l SELECTOR or service -l SELECTOR"
            );
        if (words[0].Length == 0)
            throw new UsageException($"a target is empty: {Forms}");
        // Only a whole word that is a kind is a verb: 'job' is, 'job/x' is not.
        if (words[0].AsSpan().IndexOfAny('/', ':') < 0)
            return Verb(words, selector, verbTolerance);
        if (selector is not null)
            throw new UsageException(
                $"--selector goes with one kind, not with the target \"{words[0]}\": write KIND -l SELECTOR, or KIND:SELECTOR as one of "
                    + "the targets"
            );
        return [.. words.Select(One)];
    }

    private static List<Target> Verb(IReadOnlyList<string> words, string? selector, Tolerance verbTolerance)
    {
        var kind = ParseKind(words[0], words[0]);
        if (kind.Tolerance == Tolerance.None && kind.Of != TargetKind.Service)
            kind = kind with { Tolerance = verbTolerance };
        var names = words.Skip(1).ToList();
        if (selector is not null && SelectorSyntax.Problem(selector) is { } problem)
            throw new UsageException($"selector \"{selector}\": {problem}");
        if (selector is not null)
        {
            return names.Count == 0
                ? [Create(kind, @namespace: null, name: null, selector)]
                : throw new UsageException($"\"{names[0]}\" and --selector: give names or a selector, not both");
        }

        if (names.Count == 0)
            throw new UsageException($"\"{words[0]}\" needs a name or a selector: write {words[0]} NAME or {words[0]} -l SELECTOR");
        if (names.Find(name => name.AsSpan().IndexOfAny('/', ':') >= 0) is { } target)
            throw new UsageException(
                $"\"{target}\" after the verb \"{words[0]}\" is no name: after a verb come names; to mix kinds or namespaces write each "
                    + $"target as KIND/NAME, such as {words[0]}/NAME"
            );
        return [.. names.Select(name => Create(kind, @namespace: null, name, selector: null))];
    }

    private static Target One(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var parts = (colon < 0 ? word : word[..colon]).Split('/');
        // A selector may hold slashes of its own; it begins after the first colon.
        var (@namespace, kind, name) = (colon < 0, parts) switch
        {
            (true, [var k, var n]) => (null, k, n),
            (true, [var ns, var k, var n]) => (ns, k, n),
            (false, [var k]) => (null, k, null),
            (false, [var ns, var k]) => (ns, k, null),
            _ => throw new UsageException($"\"{word}\" is no target: {Forms}"),
        };
        if (@namespace is not null && Names.ProblemOfNamespace(@namespace) is { } problem)
            throw new UsageException($"namespace \"{@namespace}\" of \"{word}\": {problem}");
        return Create(ParseKind(kind, word), @namespace, name, colon < 0 ? null : word[(colon + 1)..]);
    }

    private static Target Create(Kind kind, string? @namespace, string? name, string? selector)
    {
        if (name is not null && Names.ProblemOfName(name) is { } badName)
            throw new UsageException(name.Length == 0 ? $"the name is empty: {Forms}" : $"name \"{name}\": {badName}");
        if (selector is not null && SelectorSyntax.Problem(selector) is { } badSelector)
            throw new UsageException(selector.Length == 0 ? $"the selector is empty: {Forms}" : $"selector \"{selector}\": {badSelector}");
        return new Target(
            new Expectation
            {
                Kind = kind.Of,
                Named = name is not null,
                Tolerance = kind.Tolerance,
            },
            name,
            selector
        )
        {
            AskedNamespace = @namespace,
        };
    }

    /// <summary>kubectl's singular, plural, short and group forms, with k8s-wait-for's suffixes.</summary>
    private static Kind ParseKind(string text, string word)
    {
        var (form, tolerance) = text switch
        {
            _ when text.EndsWith("-we", StringComparison.Ordinal) => (text[..^3], Tolerance.FailedEnd),
            _ when text.EndsWith("-wr", StringComparison.Ordinal) => (text[..^3], Tolerance.IfSomeSucceeded),
            _ => (text, Tolerance.None),
        };
        var kind = form.ToLowerInvariant() switch
        {
            "job" or "jobs" or "job.batch" or "jobs.batch" or "job.v1.batch" or "jobs.v1.batch" => new Kind(TargetKind.Job, tolerance),
            "pod" or "pods" or "po" => new Kind(TargetKind.Pod, tolerance),
            "service" or "services" or "svc" => new Kind(TargetKind.Service, tolerance),
            _ => throw new UsageException(
                text == word
                    ? $"\"{word}\" is no target and no kind: {Forms}"
                    : $"unknown kind \"{text}\" in \"{word}\": job, pod and service can be waited for{(Workloads.Contains(form.ToLowerInvariant().Split('.')[0]) ? "; for its pods write pod:SELECTOR" : "")}"
            ),
        };
        return kind is { Of: TargetKind.Service, Tolerance: not Tolerance.None }
            ? throw new UsageException($"\"{text}\": the suffixes -we and -wr are for jobs and pods; write service")
            : kind;
    }

    /// <summary>A kind with its suffix.</summary>
    private sealed record Kind(TargetKind Of, Tolerance Tolerance);
}
