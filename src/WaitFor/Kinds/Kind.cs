using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>A kind of objects that a gate can wait for, and everything the gate knows of it: nothing else compares kinds.</summary>
/// <param name="name">As an object's <c>kind</c> says it: <c>Job</c>.</param>
/// <param name="resource">Plural name in paths and Roles: <c>jobs</c>.</param>
/// <param name="group">API group; empty for the core group.</param>
/// <param name="shortNames">What kubectl takes for it besides singular and plural.
/// <see href="https://kubernetes.io/docs/reference/kubectl/#resource-types"/></param>
internal abstract class Kind(string name, string resource, string group, params IReadOnlyList<string> shortNames)
{
    /// <summary>As an object's <c>kind</c> says it: <c>Job</c>.</summary>
    public virtual string Name => name;

    /// <summary>As every line and the JSON document call it: <c>job</c>.</summary>
    public string Word { get; } = name.ToLowerInvariant();

    /// <summary>Plural name in paths and Roles: <c>jobs</c>.</summary>
    public virtual string Resource => resource;

    /// <summary>API group; empty for the core group.</summary>
    public virtual string Group => group;

    /// <summary>The version that is read.</summary>
    public virtual string Version => "v1";

    /// <summary>False: its objects are in no namespace.</summary>
    public virtual bool Namespaced => true;

    /// <summary>False: the server has to be asked what it is.</summary>
    public virtual bool IsKnown => true;

    /// <summary>False: the server has no such kind, as far as is known.</summary>
    public virtual bool IsServed => true;

    /// <summary>When one of its objects is ready, as a clause for help and documentation.</summary>
    public abstract string ReadyWhen { get; }

    /// <summary>When the wait for one ends with 1, as a clause for help and documentation; null where no state is final.</summary>
    public virtual string? FailsWhen => null;

    /// <summary>What kubectl takes for it besides singular and plural.</summary>
    public IReadOnlyList<string> ShortNames => shortNames;

    /// <summary>True: it is one of k8s-wait-for's verbs, and behind another one it is no name.</summary>
    public virtual bool IsVerb => false;

    /// <summary>What the pure rules call it.</summary>
    public abstract TargetKind InRules { get; }

    /// <summary>True: the suffixes <c>-we</c> and <c>-wr</c> go with it.</summary>
    public virtual bool TakesSuffix => true;

    /// <summary>True: <c>--on-missing=pass</c> goes with it.</summary>
    public virtual bool TakesPass => false;

    /// <summary>True: <c>--expect-label</c> and <c>--expect-image</c> go with it.</summary>
    public virtual bool TakesExpected => true;

    /// <summary>True: <c>--revision</c> goes with it.</summary>
    public virtual bool TakesRevision => false;

    /// <summary>True: the report shows pods for it, with their events and logs.</summary>
    public virtual bool ReportsPods => true;

    /// <summary>True: its objects are pods themselves.</summary>
    public virtual bool IsPods => false;

    /// <summary>True: it has pods that <c>--fail-fast</c> can look at.</summary>
    public virtual bool TakesFailFast => false;

    /// <summary>True: <c>--record</c> goes with an object by its name.</summary>
    public virtual bool TakesRecord => false;

    /// <summary>True: its pods end by themselves when the work is done; a finished object may be a Helm hook, or be removed.</summary>
    public virtual bool RunsToCompletion => false;

    /// <summary>What brings the expected object in the place of a stale one, in one imperative clause.</summary>
    public virtual string Renewal => $"Apply this release's {Name}";

    /// <summary>Where a missing object of the kind comes from, as one imperative sentence; null where the kind does not tell.</summary>
    public virtual string? Origin => null;

    /// <summary>When what <c>--for</c> asks of an object can no longer come; null where it still can.</summary>
    public virtual Verdict? EarlyEnd(ObjectState state, WantedItem item) => null;

    /// <summary>Whether <c>--min-ready</c> goes with it.</summary>
    /// <param name="named">True: one object by its name.</param>
    public virtual bool TakesMinReady(bool named) => false;

    /// <summary>True where a pod's own gate would be among what it waits for, as no name or selector leaves it out.</summary>
    public virtual bool IncludesOwnPod(Target target) => false;

    /// <summary>Whether a word of the command line means this kind: <c>job</c>, <c>jobs</c>, <c>jobs.batch</c>,
    /// <c>jobs.v1.batch</c>.</summary>
    public bool IsCalled(string text)
    {
        var word = text.ToLowerInvariant();
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        var (head, rest) = dot < 0 ? (word, "") : (word[..dot], word[(dot + 1)..]);
        return (head == Word || head == resource || shortNames.Contains(head, StringComparer.Ordinal))
            && (dot < 0 || (group.Length > 0 && (rest == group || rest == $"{Version}.{group}")));
    }

    /// <summary>The objects themselves. A named target uses the exact field selector, so that RBAC scoped by resourceNames is
    /// enough.</summary>
    public Collection Objects(Target target) =>
        new()
        {
            Group = Group,
            Version = Version,
            Resource = Resource,
            Kind = Name,
            Namespace = Namespaced ? target.Namespace : null,
            Name = target.Name,
            LabelSelector = target.Selector,
            FieldSelector = target.FieldSelector,
        };

    /// <summary>All collections that tell the state of a target, its objects first.</summary>
    /// <param name="target">The target.</param>
    /// <param name="endpoints">True where the server has no EndpointSlice v1.</param>
    public virtual IEnumerable<Collection> Collections(Target target, bool endpoints) => [Objects(target)];

    /// <summary>The pods of an object; null where it has none of its own.</summary>
    public virtual Collection? Pods(ObjectState state) => null;

    /// <summary>Whether a pod is of the newest revision of its object.</summary>
    /// <param name="state">The object.</param>
    /// <param name="pod">One of its pods.</param>
    /// <param name="pods">All of them.</param>
    public virtual bool IsNewest(ObjectState state, PodState pod, IReadOnlyList<PodState> pods) => true;

    /// <summary>Makes what follows a target of which <c>--for</c> says what is asked.</summary>
    public virtual Follower FollowWanted(Target target, Wanted wanted, ApiServer api, TimeProvider time, Random random) =>
        new WantedFollower(target, wanted, api, time, random);

    /// <summary>Makes what follows a target by the default meaning of the kind.</summary>
    public abstract Follower Follow(Target target, ApiServer api, TimeProvider time, Random random);

    /// <summary>Reads what else the report shows of a target that exists and is not met.</summary>
    public abstract Task LookAsync(Collector collector, TargetFacts facts, CancellationToken cancel);
}
