using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on objects of any kind, by the rule of their kind.</summary>
public static class ObjectRules
{
    /// <summary>Judges one object by its name.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="state">Its last known state; null when it does not exist.</param>
    /// <param name="rule">The rule of its kind.</param>
    public static Verdict Named(Expectation expected, ObjectState? state, Func<ObjectState, Verdict> rule) =>
        state is null ? MissingRules.Decide(expected, "not found")
        : StaleRules.Mismatch(expected, state) is { } mismatch ? Verdict.Pending(VerdictCode.Stale, mismatch)
        : rule(state);

    /// <summary>The verdict while the server does not have the kind itself.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="sentence">What is missing.</param>
    public static Verdict KindMissing(Expectation expected, string sentence) => MissingRules.Decide(expected, sentence);

    /// <summary>Judges all objects that match a selector: all Met, any Failed, else Pending; stale ones are left out.</summary>
    /// <param name="expected">What was asked; with <see cref="Expectation.MinReady"/> so many Met are enough, whatever the others
    /// are.</param>
    /// <param name="states">The last known state of all that match.</param>
    /// <param name="rule">The rule of their kind.</param>
    public static Verdict Set(Expectation expected, IReadOnlyCollection<ObjectState> states, Func<ObjectState, Verdict> rule)
    {
        var fresh = states.Where(state => !StaleRules.IsStale(expected, state)).ToList();
        if (fresh.Count == 0)
            return states.Count > 0
                ? StaleRules.AllStale(expected, states)
                : MissingRules.Decide(expected, "no object matches the selector yet");

        var name = fresh.Namer();
        var objects = fresh
            .Select(state => new ObjectVerdict(name(state), rule(state)))
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .ToList();
        var met = objects.Count(item => item.Verdict.Kind == VerdictKind.Met);
        var failed = objects.FindAll(item => item.Verdict.Kind == VerdictKind.Failed);
        var sentence = $"{met} of {Words.Count(objects.Count, "object")} ready";
        if (expected.MinReady is { } needed)
            sentence += $", at least {needed} needed";
        // Without --min-ready one that failed is one too few.
        var least = expected.MinReady ?? objects.Count;
        var verdict =
            met >= least ? Verdict.Met(VerdictCode.ObjectsReady, sentence)
            : failed is [var first, ..] && objects.Count - failed.Count < least
                ? Verdict.Failed(first.Verdict.Code, $"{sentence}; {first.Name}: {first.Verdict.Sentence}")
            : objects.Find(item => item.Verdict.Kind == VerdictKind.Pending) is { } pending
                ? Verdict.Pending(VerdictCode.ObjectsNotReady, $"{sentence}; {pending.Name}: {pending.Verdict.Sentence}")
            : Verdict.Pending(VerdictCode.ObjectsNotReady, sentence);
        return verdict with { Objects = objects };
    }

    /// <summary>What holds for every kind before its own rule: an object that is being deleted, or whose status is of an older spec, is not
    /// judged further. Null where neither is so.</summary>
    /// <param name="state">The object.</param>
    /// <param name="observed">True: the controller of this kind always writes <c>observedGeneration</c>; as long as it is absent, nothing
    /// in the status counts.</param>
    internal static Verdict? Before(ObjectState state, bool observed = false)
    {
        if (state.BeingDeleted())
            return Verdict.Pending(VerdictCode.BeingDeleted, "being deleted");
        return state.Outdated || (observed && (state.ObservedGeneration is null || state.Generation is null)) ? NotObserved(state) : null;
    }

    internal static Verdict NotObserved(ObjectState state) =>
        Verdict.Pending(
            VerdictCode.NotObserved,
            "the controller has not seen the new spec yet ("
                + $"generation {state.Generation switch { null => "not set", long.MaxValue => "not readable", var number => number }}, "
                + $"observed {state.ObservedGeneration switch { null => "none", long.MinValue => "not readable", var number => number }})"
        );

    internal static Verdict NotReadable(string field) => Verdict.Pending(VerdictCode.NotReadable, $"{field} is not set or not readable");

    /// <summary>Met while the condition of that type is exactly True.</summary>
    internal static Verdict ByCondition(ObjectState state, string type) =>
        Before(state)
        ?? (
            state.Condition(type) is { } condition
                ? condition.Status == "True"
                    ? Verdict.Met(VerdictCode.ObjectReady, $"{type}=True")
                    : Verdict.Pending(VerdictCode.ObjectNotReady, Said(condition))
                : Verdict.Pending(VerdictCode.ObjectNotReady, Lacks(state, type))
        );

    /// <summary>Why no condition of that type counts.</summary>
    internal static string Lacks(ObjectState state, string type) =>
        state.Conditions.Find(type) is { } old
            ? $"condition {type} is of an older spec (generation {state.Generation}, observed {old.ObservedGeneration})"
            : $"has no condition {type} yet";

    /// <summary>A condition as a clause: <c>Ready=False (NotFound): no such secret</c>.</summary>
    internal static string Said(Condition condition) =>
        $"{condition.Type}={condition.Status ?? "not set"}"
        + (condition.Reason is { Length: > 0 } reason ? $" ({reason})" : "")
        + (condition.Message is { Length: > 0 } message ? $": {message}" : "");
}
