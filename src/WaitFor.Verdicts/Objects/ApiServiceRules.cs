using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Objects;

/// <summary>The verdict on an APIService: its condition Available.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/#APIServiceStatus"/></summary>
public static class ApiServiceRules
{
    /// <summary>Judges one by its own state.</summary>
    public static Verdict Judge(ObjectState state) => ObjectRules.ByCondition(state, "Available");
}
