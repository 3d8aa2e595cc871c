using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts;

namespace WaitFor.Kinds;

/// <summary>CustomResourceDefinitions:
/// <see href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"/>.</summary>
internal sealed class CustomResourceDefinitionKind()
    : ObjectKind(
        "CustomResourceDefinition",
        "customresourcedefinitions",
        "apiextensions.k8s.io",
        CustomResourceDefinitionRules.Judge,
        "crd",
        "crds"
    )
{
    public override string ReadyWhen => "Established";

    public override string FailsWhen => "NamesAccepted=False";

    public override bool Namespaced => false;

    public override string Origin => "Apply the operator or chart that brings it, or correct its name (PLURAL.GROUP).";

    public override Verdict? EarlyEnd(ObjectState state, WantedItem item) => EarlyEnds.CustomResourceDefinition(state, item);
}
