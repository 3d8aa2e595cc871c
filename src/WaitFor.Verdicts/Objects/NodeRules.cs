using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a Node: its condition Ready.
/// <see href="https://kubernetes.io/docs/reference/node/node-status/#condition"/></summary>
public static class NodeRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) => ObjectRules.ByCondition(state, "Ready");
}
