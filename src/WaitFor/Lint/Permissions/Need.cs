using WaitFor.Kinds;
using WaitFor.Report;
using WaitFor.Watching;

namespace WaitFor.Lint.Permissions;

/// <summary>One thing that a program reads or writes, with the ways to do it, the best first.</summary>
/// <param name="Ways">The ways; the first is what a Role ought to allow.</param>
internal sealed record Need(params IReadOnlyList<Way> Ways)
{
    private static readonly string[] KubectlVerbs = ["get", "list", "watch"];

    /// <summary>What a gate needs.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="exists">Whether the manifests bring a ConfigMap of that name.</param>
    public static IEnumerable<Need> Of(LintGate gate, Func<string, bool> exists) =>
        gate
            .Waits.Where(target => target.Kind.IsKnown)
            .Select(target => InNamespace(target, gate))
            .SelectMany(target =>
                gate.Program switch
                {
                    GateProgram.WaitFor => OfWait(target, exists),
                    GateProgram.K8sWaitFor => OfPeer(target),
                    GateProgram.KubectlWait => [OfKubectl(target)],
                    _ => [],
                }
            );

    /// <summary>What whoever writes a completion record needs.</summary>
    /// <param name="namespace">Where; null where it is not known.</param>
    /// <param name="record">The ConfigMap.</param>
    /// <param name="exists">True where the manifests bring it, so that nobody has to create it.</param>
    public static Need ToWrite(string? @namespace, string record, bool exists)
    {
        var place = @namespace ?? Grants.OpenNamespace;
        List<Right> rights = [Of("get"), Of("patch")];
        if (!exists)
            rights.Add(Of("create") with { Name = null });
        return new Need(new Way(rights, null));

        Right Of(string verb) => new(place, "", "configmaps", verb, record);
    }

    /// <summary>The ladder of access of the gate: a collection is watched, else polled.</summary>
    private static IEnumerable<Need> OfWait(Target target, Func<string, bool> exists)
    {
        var rights = Rights.OfWait(target, endpoints: false).Where(right => right.Verb is "list" or "watch").ToList();
        foreach (var group in rights.GroupBy(right => (right.Namespace, right.Group, right.Resource, right.Name)))
        {
            var one = group.First();
            List<Way> ways = [.. Ladder(one)];
            if (one.Resource == "endpointslices")
                ways.AddRange(
                    new[] { ("endpoints", target.Name), ("pods", null) }
                        .SelectMany(other => Ladder(one with { Group = "", Resource = other.Item1, Name = other.Item2 }))
                        .Select(way => way with { Instead = $"it reads {way.Rights[0].Resource} instead of endpointslices" })
                );
            yield return new Need(ways);
        }

        if (target is { RecordWrite: true, Record: { } record })
            yield return ToWrite(target.Namespace, record, exists(record));
    }

    private static IEnumerable<Way> Ladder(Right one)
    {
        var (get, list, watch) = (one with { Verb = "get" }, one with { Verb = "list" }, one with { Verb = "watch" });
        yield return new Way([list, watch], null);
        yield return new Way([watch], "it needs Kubernetes 1.32 or newer: an older server needs list to say what exists");
        yield return new Way([list], "it polls every 5 s");
        if (one.Name is not null)
            yield return new Way([get], "it polls every 5 s");
    }

    /// <summary>k8s-wait-for asks again and again: for a name by get, for a selector by list; for a service also for its pods.
    /// <see href="https://github.com/groundnuty/k8s-wait-for/blob/master/wait_for.sh"/></summary>
    private static IEnumerable<Need> OfPeer(Target target)
    {
        var own = Collections.Of(target);
        var first = new Right(own.Namespace, own.Group, own.Resource, target.Name is null ? "list" : "get", own.Name);
        yield return new Need(new Way([first], null));
        if (target.Kind is not ServiceKind)
            yield break;
        var pods = new Right(own.Namespace, "", "pods", "list", Name: null);
        yield return new Need(new Way([pods], null));
    }

    private static Need OfKubectl(Target target)
    {
        var own = Collections.Of(target);
        var verbs = target.Name is null ? KubectlVerbs[1..] : KubectlVerbs;
        List<Right> rights = [.. verbs.Select(verb => new Right(own.Namespace, own.Group, own.Resource, verb, own.Name))];
        return new Need(new Way(rights, null));
    }

    private static Target InNamespace(Target target, LintGate gate) =>
        target with
        {
            Namespace = gate.AllNamespaces || !target.Kind.Namespaced
                ? null
                : target.AskedNamespace ?? gate.Asked ?? gate.Owner.Entry.Namespace ?? Grants.OpenNamespace,
        };

    /// <summary>Such as <c>list and watch jobs/db-migrate-v42</c>.</summary>
    /// <param name="conjunction">Stands before the last verb.</param>
    public string Text(string conjunction) => Ways[0].Text(conjunction);
}

/// <summary>One way to do what is needed.</summary>
/// <param name="Rights">All that it takes.</param>
/// <param name="Instead">What is worse about it; null where nothing is.</param>
internal sealed record Way(IReadOnlyList<Right> Rights, string? Instead)
{
    /// <summary>Such as <c>list and watch jobs/db-migrate-v42</c>.</summary>
    /// <param name="conjunction">Stands before the last verb.</param>
    public string Text(string conjunction)
    {
        var verbs = Rights.Select(right => right.Verb).Distinct(StringComparer.Ordinal).ToList();
        var said = verbs.Count == 1 ? verbs[0] : $"{string.Join(", ", verbs[..^1])} {conjunction} {verbs[^1]}";
        return $"{said} {Rights[0].Resource}{(Rights[0].Name is { } name ? "/" + name : "")}";
    }

    /// <summary>Whether the grants together allow it.</summary>
    public bool IsAllowed(IReadOnlyList<Grant> grants) => Rights.All(right => grants.Any(grant => grant.Allows(right)));
}
