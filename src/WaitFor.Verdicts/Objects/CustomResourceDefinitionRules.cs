using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on a CustomResourceDefinition: whether its kind is served.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/"/></summary>
public static class CustomResourceDefinitionRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) =>
        ObjectRules.Before(state)
        ?? (
            state.Condition("NamesAccepted") is { Status: "False" } refused
                ? Verdict.Failed(VerdictCode.NamesNotAccepted, ObjectRules.Said(refused))
                : ObjectRules.ByCondition(state, "Established")
        );
}
