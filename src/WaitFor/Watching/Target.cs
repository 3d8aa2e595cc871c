using WaitFor.Kinds;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;

namespace WaitFor.Watching;

/// <summary>One thing to wait for.</summary>
/// <param name="Expected">What is asked of it.</param>
/// <param name="Name">Name of the one object; null for a set.</param>
/// <param name="Selector">Label selector of the set; null for one object, and for all objects of the kind.</param>
internal sealed record Target(Expectation Expected, string? Name, string? Selector)
{
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromSeconds(5);

    /// <summary>The kind of its objects, and all that follows from it.</summary>
    public Kind Kind { get; init; } = KnownKinds.Of(Expected.Kind);

    /// <summary>Field selector of the set; null for none.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>ConfigMap with completion records, in the namespace that is watched; null for none. For a Job by name.</summary>
    public string? Record { get; init; }

    /// <summary>The pause between polls, where the Role allows no watch: 1 s or more.</summary>
    public TimeSpan PollInterval { get; init; } = DefaultPollInterval;

    /// <summary>How long Met has to hold without a break before it counts; zero: it counts at once.</summary>
    public TimeSpan StableFor { get; init; }

    /// <summary>What <c>--for</c> asks in place of the default meaning of the kind; null: the default meaning.</summary>
    public Wanted? Wanted { get; init; }

    /// <summary>The revision of a Deployment to wait for; null: any.</summary>
    public long? Revision { get; init; }

    /// <summary>True: a pod that can never start ends the wait.</summary>
    public bool FailFast { get; init; }

    /// <summary>True: the completion record is written when the Job is seen Complete.</summary>
    public bool RecordWrite { get; init; }

    /// <summary>The namespace as it was asked for; null: the default one.</summary>
    public string? AskedNamespace { get; init; }

    /// <summary>The namespace that is watched; null: all.</summary>
    public string? Namespace { get; init; }

    /// <summary>True: the namespace is part of how it is called (the targets are in several).</summary>
    public bool ShowNamespace { get; init; }

    /// <summary>As it is called in every line: <c>job/db-migrate-v42</c>, <c>pod-wr:app=db</c>, <c>shop/job/db-migrate-v42</c>;
    /// <c>pod:*</c> for all.</summary>
    public override string ToString() =>
        (ShowNamespace && Kind.Namespaced ? $"{Namespace ?? "*"}/" : "") + KindWord + (Name is null ? $":{Selector ?? "*"}" : $"/{Name}");

    /// <summary>The kind with its suffix: <c>job-we</c>.</summary>
    public string KindWord =>
        Kind.Word
        + Expected.Tolerance switch
        {
            Tolerance.FailedEnd => "-we",
            Tolerance.IfSomeSucceeded => "-wr",
            _ => "",
        };
}
