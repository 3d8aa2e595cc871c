using System.Text.Json;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Conditions;

/// <summary>Why what is wanted of an object can no longer come; null where it still can. Asked only while it is not true, and the
/// object's status is of its newest spec.</summary>
/// <param name="state">The object; not being deleted.</param>
/// <param name="item">What is wanted.</param>
public delegate Verdict? EarlyEnd(ObjectState state, WantedItem item);

/// <summary>The verdict on objects by what <c>--for</c> asks for.</summary>
public static class WantedRules
{
    /// <summary>Judges one object by its name.</summary>
    /// <param name="expected">What was asked besides.</param>
    /// <param name="wanted">What must be true.</param>
    /// <param name="state">Its last known state; null when it does not exist.</param>
    /// <param name="seen">What the first complete list had; only read for <c>delete</c>.</param>
    /// <param name="early">When to give up, for its kind.</param>
    public static Verdict Named(Expectation expected, Wanted wanted, ObjectState? state, FirstSeen seen, EarlyEnd early)
    {
        if (!wanted.Delete)
            return ObjectRules.Named(expected, state, one => Judge(wanted, one, early));
        var verdict = Gone(state is null ? [] : [state], seen);
        return verdict.Objects is [var only] ? only.Verdict : verdict;
    }

    /// <summary>Judges all objects that match a selector; for <c>delete</c> those that the first complete list had.</summary>
    /// <param name="expected">What was asked besides.</param>
    /// <param name="wanted">What must be true.</param>
    /// <param name="states">The last known state of all that match.</param>
    /// <param name="seen">What the first complete list had; only read for <c>delete</c>.</param>
    /// <param name="early">When to give up, for their kind.</param>
    public static Verdict Set(
        Expectation expected,
        Wanted wanted,
        IReadOnlyCollection<ObjectState> states,
        FirstSeen seen,
        EarlyEnd early
    ) => wanted.Delete ? Gone(states, seen) : ObjectRules.Set(expected, states, one => Judge(wanted, one, early));

    /// <summary>Judges an object that exists by its own state; never Met for <c>delete</c>.</summary>
    public static Verdict Judge(Wanted wanted, ObjectState state, EarlyEnd early)
    {
        if (state.BeingDeleted())
            return Verdict.Pending(VerdictCode.BeingDeleted, "being deleted");
        var verdicts = new List<Verdict>();
        foreach (var item in wanted.Items)
        {
            var verdict = One(item, state);
            if (verdict.Kind != VerdictKind.Met && !state.Outdated)
                verdict = early(state, item) ?? verdict;
            verdicts.Add(verdict);
        }

        return verdicts.Find(verdict => verdict.Kind == VerdictKind.Failed)
            ?? verdicts.Find(verdict => verdict.Kind != VerdictKind.Met)
            ?? Verdict.Met(VerdictCode.WantedMet, string.Join(", ", verdicts.Select(verdict => verdict.Sentence)));
    }

    private static Verdict One(WantedItem item, ObjectState state) =>
        item switch
        {
            WantedItem.Created => Verdict.Met(VerdictCode.ObjectExists, "exists"),
            WantedItem.Condition condition => ByCondition(condition, state),
            WantedItem.Path path when state.Outdated => ObjectRules.NotObserved(state),
            WantedItem.Path path => ByPath(path, state),
            _ => Verdict.Pending(VerdictCode.ObjectNotDeleted, "exists"),
        };

    /// <summary>As kubectl: the first condition of the type decides, and its own observedGeneration goes before the status'.</summary>
    private static Verdict ByCondition(WantedItem.Condition wanted, ObjectState state)
    {
        var found = state.Conditions.FirstOrDefault(one => string.Equals(one?.Type, wanted.Name, StringComparison.OrdinalIgnoreCase));
        if (found?.ObservedGeneration < state.Generation)
            return Verdict.Pending(
                VerdictCode.NotObserved,
                $"condition {found!.Type} is of an older spec (generation {state.Generation}, observed {found.ObservedGeneration})"
            );
        if (found?.ObservedGeneration is null && state.Outdated)
            return ObjectRules.NotObserved(state);
        if (found is null)
            return Verdict.Pending(VerdictCode.WantedNotMet, $"has no condition {wanted.Name} yet");
        return string.Equals(found.Status, wanted.Status, StringComparison.OrdinalIgnoreCase)
            ? Verdict.Met(VerdictCode.WantedMet, $"{found.Type}={found.Status}")
            : Verdict.Pending(VerdictCode.WantedNotMet, $"{ObjectRules.Said(found)}; waiting for {wanted.Name}={wanted.Status}");
    }

    private static Verdict ByPath(WantedItem.Path wanted, ObjectState state)
    {
        var (values, missed) = wanted.Expression.Evaluate(state.Json);
        var met = wanted.Value is null
            ? values.Any(IsThere)
            : values.Count > 0 && !missed && values.All(value => JsonPath.Printed(value)?.Trim() == wanted.Value);
        var shown = wanted.Expression.Showable ? $"is {Shown(values)}" : met ? "has the value" : "has another value";
        if (met)
            return Verdict.Met(VerdictCode.WantedMet, $"{wanted.Expression.Text} {shown}");
        var sentence =
            values.Count == 0 ? "has no value yet"
            : wanted.Value is null ? "is empty"
            : missed ? $"{shown}, and has no value in others"
            : shown;
        return Verdict.Pending(
            VerdictCode.WantedNotMet,
            $"{wanted.Expression.Text} {sentence}" + (wanted.Value is null ? "" : $"; waiting for {wanted.Value}")
        );
    }

    /// <summary>kubectl takes an empty text and an empty list for a value too.</summary>
    private static bool IsThere(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetRawText().Length > 2,
            JsonValueKind.Array => value.GetArrayLength() > 0,
            JsonValueKind.Object => value.EnumerateObject().Any(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
            _ => false,
        };

    private static string Shown(IReadOnlyList<JsonElement> values)
    {
        const int most = 3;
        const int longest = 100;
        var shown = values
            .Take(most)
            .Select(value =>
                JsonPath.Printed(value) is { } text
                    ? text.Length switch
                    {
                        0 => "\"\"",
                        > longest => text[..longest] + "...",
                        _ => text,
                    }
                    : value.ValueKind switch
                    {
                        JsonValueKind.Object => "an object",
                        JsonValueKind.Array => "a list",
                        _ => "null",
                    }
            );
        return string.Join(", ", shown) + (values.Count > most ? $" and {values.Count - most} more" : "");
    }

    /// <summary>Each object of the first complete list, by its uid: whether it is gone.</summary>
    private static Verdict Gone(IReadOnlyCollection<ObjectState> states, FirstSeen seen)
    {
        if (seen.Objects is not { } first)
            return Verdict.NotKnownYet;
        if (first.Count == 0)
            return Verdict.Met(VerdictCode.ObjectDeleted, "does not exist");
        var now = states.ToDictionary(state => state.Key(), StringComparer.Ordinal);
        var name = first.Namer();
        var objects = first
            .Select(was => new ObjectVerdict(name(was), Gone(was, now.GetValueOrDefault(was.Key()))))
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .ToList();
        var deleted = objects.Count(item => item.Verdict.Kind == VerdictKind.Met);
        var sentence = $"{deleted} of {Words.Count(objects.Count, "object")} deleted";
        var verdict = objects.Find(item => item.Verdict.Kind != VerdictKind.Met) is { } left
            ? Verdict.Pending(VerdictCode.ObjectNotDeleted, $"{sentence}; {left.Name}: {left.Verdict.Sentence}")
            : Verdict.Met(VerdictCode.ObjectDeleted, sentence);
        return verdict with { Objects = objects };
    }

    private static Verdict Gone(IObjectState was, ObjectState? now)
    {
        if (now is null)
            return Verdict.Met(VerdictCode.ObjectDeleted, "deleted");
        // Without a uid its successor could not be told from it.
        if (was.Metadata?.Uid is { Length: > 0 } uid && now.Metadata?.Uid is { Length: > 0 } other && uid != other)
            return Verdict.Met(VerdictCode.ObjectDeleted, "deleted; another object of that name exists");
        var finalizers = now.Metadata?.Finalizers is { Count: > 0 } held ? $" (finalizers: {string.Join(", ", held)})" : "";
        return Verdict.Pending(
            VerdictCode.ObjectNotDeleted,
            now.BeingDeleted() ? $"being deleted{finalizers}" : "exists, and is not deleted yet"
        );
    }
}

/// <summary>The objects of the first complete list: what <c>--for=delete</c> waits for. Unchangeable.</summary>
public sealed class FirstSeen
{
    private FirstSeen(IReadOnlyList<IObjectState>? objects) => Objects = objects;

    /// <summary>Before the first complete list.</summary>
    public static FirstSeen None { get; } = new(null);

    /// <summary>The objects; null before the first complete list.</summary>
    internal IReadOnlyList<IObjectState>? Objects { get; }

    /// <summary>What is remembered after a complete state was seen: the first one.</summary>
    /// <param name="states">All objects of the target that exist now, after a complete list.</param>
    public FirstSeen Observe(IEnumerable<IObjectState> states) =>
        Objects is null ? new FirstSeen([.. states.Select(state => new Seen(state.Metadata))]) : this;

    /// <summary>Not the whole object: only what identifies it.</summary>
    private sealed record Seen(Metadata? Metadata) : IObjectState
    {
        public IEnumerable<string> Images => [];
    }
}
