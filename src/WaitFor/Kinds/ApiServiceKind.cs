using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>APIServices:
/// <see href="https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/"/>.</summary>
internal sealed class ApiServiceKind() : ObjectKind("APIService", "apiservices", "apiregistration.k8s.io", ApiServiceRules.Judge)
{
    public override string ReadyWhen => "Available";

    public override bool Namespaced => false;
}
