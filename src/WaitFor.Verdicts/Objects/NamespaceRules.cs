using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a Namespace, by its phase.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"/></summary>
public static class NamespaceRules
{
    private static readonly string[] Remaining = ["NamespaceContentRemaining", "NamespaceFinalizersRemaining"];

    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) =>
        state.BeingDeleted() || state.Text("status", "phase") == "Terminating"
            ? Verdict.Pending(VerdictCode.BeingDeleted, "being deleted" + Left(state))
            : ObjectRules.Before(state)
                ?? (
                    state.Text("status", "phase") is "Active"
                        ? Verdict.Met(VerdictCode.NamespaceActive, "active")
                        : Verdict.Pending(VerdictCode.NamespaceNotActive, $"phase {state.Text("status", "phase") ?? "not set"}")
                );

    /// <summary>What holds up its deletion, as the namespace says it; empty where it does not.</summary>
    private static string Left(ObjectState state) =>
        string.Concat(Remaining.Select(type => state.Condition(type) is { Status: "True", Message: { } message } ? $"; {message}" : ""));
}
